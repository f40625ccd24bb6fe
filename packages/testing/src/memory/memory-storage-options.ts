import {
  type BaseStorageOptions,
  type OptionSchema,
  type OptionSchemas,
  optional,
  optionOf,
  type Secret,
  secretOption,
  wholeNumber,
} from '@videostorage/core';

/** Settings of `MemoryStorage`. */
export interface MemoryStorageOptions extends Partial<BaseStorageOptions> {
  /** The secret that signs playback URLs, upload URLs and webhooks, of at least 32 bytes. Default: a random one. */
  readonly signingSecret?: Secret | string | undefined;
  /** Files of at least this size are uploaded in parts. Default: never. */
  readonly multipartThresholdBytes?: number | undefined;
  /** Size of a part, from 1. Default 65 536. */
  readonly partSizeBytes?: number | undefined;
}

/** A schema for each option that `MemoryStorage` adds. */
export interface MemoryStorageSchemas extends OptionSchemas<Omit<MemoryStorageOptions, keyof BaseStorageOptions>> {
  /** At least 32 bytes. */
  readonly signingSecret: OptionSchema<Secret | undefined>;
  /** At least 1; `Infinity` is never. */
  readonly multipartThresholdBytes: OptionSchema<number | undefined>;
  /** At least 1. */
  readonly partSizeBytes: OptionSchema<number | undefined>;
}

/** For `checkStorageOptions`. */
export const memoryStorageSchemas: MemoryStorageSchemas = {
  signingSecret: optional(secretOption({ minBytes: 32 })),
  multipartThresholdBytes: optional(
    optionOf((value): value is number => typeof value === 'number' && value >= 1, 'must be a number of bytes from 1'),
  ),
  partSizeBytes: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER, 'bytes')),
};
