import type { BaseStorageOptions } from '@videostorage/core';
import type { ProbeOptions, ProbeResult, RangeReader } from '@videostorage/media';

/** A function that reads type, duration, pixel dimensions and codec of a file, such as `probeVideo` of `@videostorage/media`. */
export type Probe = (reader: RangeReader, options: ProbeOptions) => Promise<ProbeResult>;

/** Options that every backend over an `ObjectStore` accepts. */
export interface ObjectVideoStorageOptions extends BaseStorageOptions {
  /**
   * Whether a confirm reads type, duration, pixel dimensions and codec from the file, and refuses files that are not
   * videos. Default true. False: only the size is compared, the declared type is recorded, the other facts stay unknown,
   * and confirming an upload with a duration limit fails with `CONTENT_UNVERIFIABLE`.
   */
  readonly inspectContent?: boolean | undefined;
  /** Reads type, duration, pixel dimensions and codec from the file. Default: `probeVideo` of `@videostorage/media`. */
  readonly probe?: Probe | undefined;
}
