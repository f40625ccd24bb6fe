import type { ValidationRule } from '../contract/problem.ts';
import { checkOptions } from '../options/check-options.ts';
import { optional, optionOf, schemaOf, wholeNumber } from '../options/option-of.ts';
import type { OptionResult, OptionSchemas } from '../options/option-schema.ts';
import { MEDIA_TYPES, PLAYABLE_MIME_TYPES } from './media-type-table.ts';
import { canonicalMimeType } from './media-types.ts';

/** What a host app accepts. */
export interface ValidatorOptions {
  /** Largest file. Default 5 000 000 000 (5 GB). */
  readonly maxSizeBytes?: number | undefined;
  /**
   * Accepted video types, by any of their names. Default: what browsers play without encoding (`PLAYABLE_MIME_TYPES`). Others,
   * such as AVI, need a backend that encodes.
   */
  readonly mimeTypes?: readonly string[] | undefined;
  /**
   * Largest `maxDurationSeconds` of a request. Default 36 000: ten hours, the limit of Cloudflare Stream. When this option is set,
   * a request without `maxDurationSeconds` gets this value, so that omitting it does not avoid the limit.
   */
  readonly maxDurationSeconds?: number | undefined;
  /**
   * Rules of the host app. They get the request in canonical form, and run whenever every member has the right JavaScript
   * type, even when there are other problems, so that the user learns of all problems at once. An error that a rule
   * throws reaches the caller unchanged. Default: none.
   */
  readonly rules?: readonly ValidationRule[] | undefined;
}

/** Options with their defaults, in canonical form. */
export interface ResolvedValidatorOptions {
  /** Largest file. */
  readonly maxSizeBytes: number;
  /** Accepted video types, canonical, each once. */
  readonly mimeTypes: readonly string[];
  /** Largest `maxDurationSeconds` of a request. */
  readonly maxDurationSeconds: number;
  /** `maxDurationSeconds` of a request that has none; undefined = up to the backend. */
  readonly defaultMaxDurationSeconds: number | undefined;
  /** Rules of the host app. */
  readonly rules: readonly ValidationRule[];
}

const KNOWN_TYPES = MEDIA_TYPES.map((type) => type.mimeType);
const DEFAULT_MAX_SIZE_BYTES = 5_000_000_000;
const DEFAULT_MAX_DURATION_SECONDS = 36_000;

const OPTIONS = {
  maxSizeBytes: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER, 'bytes')),
  mimeTypes: optional(schemaOf(canonicalTypes)),
  maxDurationSeconds: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER, 'seconds')),
  rules: optional(
    optionOf(
      (value): value is readonly ValidationRule[] =>
        Array.isArray(value) && value.every((rule) => typeof rule === 'function'),
      'must be a list of functions (request) => problems',
    ),
  ),
} satisfies OptionSchemas<ValidatorOptions>;

/** The options with their defaults. @throws {ConfigurationError} with how to fix them */
export function resolveValidatorOptions(options: ValidatorOptions): ResolvedValidatorOptions {
  const { maxSizeBytes, mimeTypes, maxDurationSeconds, rules } = checkOptions('Validator', options, OPTIONS);
  return {
    maxSizeBytes: maxSizeBytes ?? DEFAULT_MAX_SIZE_BYTES,
    mimeTypes: mimeTypes ?? PLAYABLE_MIME_TYPES,
    maxDurationSeconds: maxDurationSeconds ?? DEFAULT_MAX_DURATION_SECONDS,
    defaultMaxDurationSeconds: maxDurationSeconds,
    rules: [...(rules ?? [])],
  };
}

/** Each type once, by its canonical name. */
function canonicalTypes(mimeTypes: unknown): OptionResult<readonly string[]> {
  if (!Array.isArray(mimeTypes) || mimeTypes.length === 0) {
    return { issues: [{ message: 'must be a list of video types; leave it out to accept what browsers play' }] };
  }
  const canonical = new Set<string>();
  for (const [index, mimeType] of mimeTypes.entries()) {
    const found = typeof mimeType === 'string' ? canonicalMimeType(mimeType, '') : undefined;
    if (found === undefined) {
      const message = `is not a known video type; choose from ${KNOWN_TYPES.join(', ')}`;
      return { issues: [{ path: [index], message }] };
    }
    canonical.add(found);
  }
  return { value: [...canonical] };
}
