import type { OptionSchema } from '@videostorage/core';

/** A schema for every member of a type, of that member's own type: without one for a new member it does not compile. */
export type MemberSchemas<Type extends object> = {
  readonly [Name in keyof Required<Type>]: OptionSchema<Type[Name]>;
};
