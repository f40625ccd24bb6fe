import type { CallOptions } from '@videostorage/core';

/** Options of `sweep`. */
export interface ServiceSweepOptions extends CallOptions {
  /** Deadline in milliseconds of each call to a storage, 1–2 147 483 647. Default 60 000. */
  readonly timeoutMs?: number | undefined;
  /** Reports what would be done, as far as the records show, and changes nothing. Default false. */
  readonly dryRun?: boolean | undefined;
  /**
   * How many items each step examines at most: the due records, retention, and the sweep and the listing of each storage.
   * 1–10 000. Default 1 000.
   */
  readonly limit?: number | undefined;
  /**
   * Deletes videos that have no record, when they are seen again a day after they were first seen. Default false: they
   * are only counted.
   */
  readonly deleteOrphans?: boolean | undefined;
  /** Whether the storages are examined too, which takes requests to the providers, some of them billed. Default true. */
  readonly storages?: boolean | undefined;
}
