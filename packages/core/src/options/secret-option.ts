import { isKnownSecret, SECRET_COMMAND } from '../log/known-secrets.ts';
import { isSecret, Secret } from '../log/secret.ts';
import { schemaOf } from './option-of.ts';
import type { OptionResult, OptionSchema } from './option-schema.ts';

/** What a secret must satisfy, apart from being text or a `Secret`. */
export interface SecretRule {
  /** Minimum number of bytes; text counts as UTF-8. Default 1. */
  readonly minBytes?: number | undefined;
}

/** What a list of secrets must be. */
export interface SecretListRule extends SecretRule {
  /** Minimum number of secrets. Default 0. */
  readonly min?: number | undefined;
  /** Maximum number of secrets. Default 10. */
  readonly max?: number | undefined;
}

const EMPTY = 'is empty; is its environment variable set?';

/**
 * A secret: text, or a `Secret` of any copy of this package. The result is a `Secret`. Empty text, such as a missing environment
 * variable with `?? ''`, and published samples are refused.
 */
export function secretOption(rule: SecretRule = {}): OptionSchema<Secret> {
  return schemaOf((value) => secretFrom(value, rule));
}

/** A list of secrets; each issue names the index. */
export function secretListOption({ min = 0, max = 10, ...rule }: SecretListRule = {}): OptionSchema<readonly Secret[]> {
  return schemaOf((value) => {
    if (!Array.isArray(value)) return { issues: [{ message: 'must be a list of secrets' }] };
    if (value.length < min) return { issues: [{ message: `must hold at least ${counted(min)}; ${howToMake(rule)}` }] };
    if (value.length > max) return { issues: [{ message: `must hold at most ${counted(max)}` }] };
    const results = value.map((each: unknown) => secretFrom(each, rule));
    const issues = results.flatMap((result, index) =>
      (result.issues ?? []).map(({ message }) => ({ path: [index], message })),
    );
    if (issues.length > 0) return { issues };
    return { value: results.flatMap((result) => (result.issues === undefined ? [result.value] : [])) };
  });
}

function secretFrom(value: unknown, { minBytes = 1 }: SecretRule): OptionResult<Secret> {
  if (value === undefined) return refused(EMPTY);
  if (typeof value !== 'string' && !isSecret(value)) return refused('must be text or a Secret');
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value.reveal();
  if (isKnownSecret(bytes))
    return refused(`is a published sample, so anybody can sign with it. ${howToMake({ minBytes })}`);
  if (bytes.length < minBytes) return refused(bytes.length === 0 ? EMPTY : tooShort(minBytes));
  return { value: typeof value === 'string' ? new Secret(value) : value };
}

function refused(message: string): OptionResult<Secret> {
  return { issues: [{ message }] };
}

function tooShort(minBytes: number): string {
  return `must have at least ${minBytes} bytes; ${howToMake({ minBytes })}`;
}

/** Only secrets that sign are random bytes; a token comes from its provider. */
function howToMake({ minBytes = 1 }: SecretRule): string {
  return minBytes < 32 ? 'Ask its provider for one' : `Make one with: ${SECRET_COMMAND}`;
}

function counted(count: number): string {
  return count === 1 ? 'one secret' : `${count} secrets`;
}
