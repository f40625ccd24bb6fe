/** Options of `probeVideo`. */
export interface ProbeOptions {
  /** Aborts the probe, which then throws the signal's reason unchanged. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Maximum time of the probe in milliseconds, including the wait for a free worker and for the reader; `Infinity` = no
   * limit. Default 10 000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Maximum number of bytes that are requested from the reader. If the tracks are still unknown then, the outcome is
   * `undetermined`. Default 32 MiB.
   */
  readonly maxBytes?: number | undefined;
  /**
   * Maximum computing time in milliseconds, without the time spent waiting for the reader; beyond it the outcome is
   * `undetermined`. Default 2 000.
   */
  readonly maxComputingMs?: number | undefined;
}
