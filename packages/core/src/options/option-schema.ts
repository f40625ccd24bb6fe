/** One thing that is wrong with an option. The message goes on from the option's name: `must be a whole number`. */
export interface OptionIssue {
  /** Goes on from the option's name, without a full stop. */
  readonly message: string;
  /** Where inside of the option; absent or empty = the option itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What looking at a value gives: the value to use, or what is wrong. */
export type OptionResult<Output> =
  | {
      /** With defaults and in canonical form, where the schema has such. */
      readonly value: Output;
      /** Says by its absence that all is well. */
      readonly issues?: undefined;
    }
  | {
      /** At least one. */
      readonly issues: readonly OptionIssue[];
    };

/**
 * What one option must be: the part of Standard Schema (https://standardschema.dev, version 1) that is needed here, so that
 * schemas of zod fit beside `optionOf`, and core needs no library. It must answer at once.
 */
export interface OptionSchema<Output> {
  /** The name that Standard Schema chose. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => OptionResult<Output> | Promise<OptionResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** A schema for every member of an options type: one that is added and forgotten here does not compile. */
export type OptionSchemas<Options extends object> = {
  readonly [Name in keyof Required<Options>]: OptionSchema<unknown>;
};

/** The options as their schemas give them. */
export type CheckedOptions<Schemas> = {
  readonly [Name in keyof Schemas]: Schemas[Name] extends OptionSchema<infer Output> ? Output : never;
};
