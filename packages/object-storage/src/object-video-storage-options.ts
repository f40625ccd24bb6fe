import type { BaseStorageOptions } from '@videostorage/core';
import type { ProbeOptions, ProbeResult, RangeReader } from '@videostorage/media';

/** Finds out what a file is; `probeVideo` of `@videostorage/media` is one. */
export type Probe = (reader: RangeReader, options: ProbeOptions) => Promise<ProbeResult>;

/** What every backend over an `ObjectStore` takes. */
export interface ObjectVideoStorageOptions extends BaseStorageOptions {
  /**
   * Reads type, duration, size in pixels and codec from the file at confirm, and refuses what is not a video. Default true.
   * Off: the declared type stands, the other facts are unknown, and an upload whose play time is limited is never verifiable;
   * the size is compared all the same.
   */
  readonly inspectContent?: boolean | undefined;
  /** Default: `probeVideo` of `@videostorage/media`. */
  readonly probe?: Probe | undefined;
}
