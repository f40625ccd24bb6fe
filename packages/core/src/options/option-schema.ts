/** One problem of an option. */
export interface OptionIssue {
  /** The text that follows the option's name, without a full stop: `must be a whole number`. */
  readonly message: string;
  /** The path inside the option; absent or empty = the option itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Result of a schema: the value to use, or the issues. */
export type OptionResult<Output> =
  | {
      /** The value in canonical form, with the defaults of the schema. */
      readonly value: Output;
      /** Absent: the value is valid. */
      readonly issues?: undefined;
    }
  | {
      /** What is wrong with the value: at least one issue. */
      readonly issues: readonly OptionIssue[];
    };

/**
 * What one option must be: the synchronous part of Standard Schema (https://standardschema.dev, version 1), so that zod
 * schemas can be used as well as `optionOf`, and core needs no library.
 */
export interface OptionSchema<Output> {
  /** The member that Standard Schema prescribes. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => OptionResult<Output> | Promise<OptionResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** A schema for every member of an options type. Code that forgets the schema of a member does not compile. */
export type OptionSchemas<Options extends object> = {
  readonly [Name in keyof Required<Options>]: OptionSchema<unknown>;
};

/** The values that the schemas return for the options: in canonical form, with defaults. */
export type CheckedOptions<Schemas> = {
  readonly [Name in keyof Schemas]: Schemas[Name] extends OptionSchema<infer Output> ? Output : never;
};
