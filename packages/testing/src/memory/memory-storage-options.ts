import type { BaseStorageOptions, Secret } from '@videostorage/core';

/** Settings of `MemoryStorage`. */
export interface MemoryStorageOptions extends Partial<BaseStorageOptions> {
  /** Signs playback URLs, upload URLs and webhooks; at least 32 bytes. Default: a random one. */
  readonly signingSecret?: Secret | undefined;
  /** Files of at least this size are uploaded in parts. Default: never. */
  readonly multipartThresholdBytes?: number | undefined;
  /** Size of a part. Default 65 536. */
  readonly partSizeBytes?: number | undefined;
}
