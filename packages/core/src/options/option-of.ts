import type { OptionResult, OptionSchema } from './option-schema.ts';

/** A schema from a type guard. `message` continues after the option's name, for instance `must be a function`. */
export function optionOf<Output>(isRight: (value: unknown) => value is Output, message: string): OptionSchema<Output> {
  return schemaOf((value) => (isRight(value) ? { value } : { issues: [{ message }] }));
}

/** The same schema for an option that may be omitted: undefined stays undefined. */
export function optional<Output>(schema: OptionSchema<Output>): OptionSchema<Output | undefined> {
  return schemaOf<Output | undefined>((value) => (value === undefined ? { value } : resultOf(schema, value)));
}

/** A whole number within both bounds. `unit` is a plural such as `seconds`; default none. */
export function wholeNumber(min: number, max: number, unit?: string): OptionSchema<number> {
  const isRight = (value: unknown): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
  return optionOf(isRight, `must be a whole number ${unit === undefined ? '' : `of ${unit} `}from ${min} to ${max}`);
}

/** A function. `use` is the message, such as `must be a function that takes an error`. */
export function functionOption(use: string): OptionSchema<(...values: never[]) => unknown> {
  return optionOf((value): value is (...values: never[]) => unknown => typeof value === 'function', use);
}

/** A schema from its `validate` function. */
export function schemaOf<Output>(validate: (value: unknown) => OptionResult<Output>): OptionSchema<Output> {
  return { '~standard': { version: 1, vendor: 'videostorage', validate } };
}

/** The result of a schema for a value. @throws {TypeError} the schema is asynchronous */
export function resultOf<Output>(schema: OptionSchema<Output>, value: unknown): OptionResult<Output> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError('The schema of an option must not be asynchronous.');
  return result;
}
