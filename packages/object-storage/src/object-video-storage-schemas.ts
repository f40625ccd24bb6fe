import {
  type BaseStorageOptions,
  booleanOption,
  type OptionSchema,
  type OptionSchemas,
  optional,
  optionOf,
} from '@videostorage/core';
import type { ObjectVideoStorageOptions, Probe } from './object-video-storage-options.ts';

/** A schema for each option that `ObjectVideoStorage` adds. */
export interface ObjectVideoStorageSchemas
  extends OptionSchemas<Omit<ObjectVideoStorageOptions, keyof BaseStorageOptions>> {
  /** True or false. */
  readonly inspectContent: OptionSchema<boolean | undefined>;
  /** A function. */
  readonly probe: OptionSchema<Probe | undefined>;
}

/** For `checkStorageOptions`: a backend adds the schemas of its own options. */
export const objectVideoStorageSchemas: ObjectVideoStorageSchemas = {
  inspectContent: optional(booleanOption),
  probe: optional(optionOf(isFunction, 'must be a function such as `probeVideo` of `@videostorage/media`')),
};

function isFunction(value: unknown): value is Probe {
  return typeof value === 'function';
}
