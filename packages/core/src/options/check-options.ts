import { ConfigurationError } from '../errors/backend-errors.ts';
import { inspectOptions, type OptionHint } from './inspect-options.ts';
import { schemaOf } from './option-of.ts';
import type { CheckedOptions, OptionIssue, OptionSchema, OptionSchemas } from './option-schema.ts';

const noHint: OptionHint = () => undefined;

/**
 * Checks all options of a class at construction, each by its schema, and returns the values to use. An unknown name is
 * refused, with the nearest known name. The error lists all problems at once, in one style: "LocalStorage: `folder`
 * must be the path of a folder. `foldr` is not an option; do you mean `folder`?"
 * @throws {ConfigurationError} says which option is wrong, why, and how to fix it; it never repeats a value
 */
export function checkOptions<Options extends object, Schemas extends OptionSchemas<Options>>(
  owner: string,
  options: Options,
  schemas: Schemas & { readonly [Name in Exclude<keyof Schemas, keyof Options>]: never },
  hint: OptionHint = noHint,
): CheckedOptions<Schemas> {
  return checkedValues<Schemas>(owner, options, schemas, hint);
}

/** `checkOptions` for schemas that are combined from several parts. @throws {ConfigurationError} */
export function checkedValues<Schemas extends Readonly<Record<keyof Schemas, OptionSchema<unknown>>>>(
  owner: string,
  options: object,
  schemas: Schemas,
  hint: OptionHint = noHint,
): CheckedOptions<Schemas> {
  if (!isObject(options)) throw optionsError(owner, [], 'Pass its options as an object.');
  const { value, issues } = inspectOptions(options, schemas, hint);
  if (issues.length > 0) throw optionsError(owner, issues);
  return value;
}

/** The error for options that contradict one another, in the style of `checkOptions`. */
export function optionsError(
  owner: string,
  issues: readonly OptionIssue[],
  ...sentences: string[]
): ConfigurationError {
  return new ConfigurationError(`${owner}: ${[...sentences, ...issues.map(issueSentence)].join(' ')}`);
}

/** A schema for an option that is itself an object of options: as strict as `checkOptions`, with the same messages. */
export function nestedOptions<Schemas extends Readonly<Record<keyof Schemas, OptionSchema<unknown>>>>(
  schemas: Schemas,
): OptionSchema<CheckedOptions<Schemas>> {
  return schemaOf((given) => {
    if (!isObject(given)) return { issues: [{ message: `must be an object of ${Object.keys(schemas).join(', ')}` }] };
    const { value, issues } = inspectOptions(given, schemas, noHint);
    return issues.length > 0 ? { issues } : { value };
  });
}

/** What is wrong with an option, as a message that names it. */
export function issueSentence({ path = [], message }: OptionIssue): string {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return `\`${names.join('.')}\` ${message}${/[.?!]$/.test(message) ? '' : '.'}`;
}

/** Whether a value can hold options: an object, and no list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
