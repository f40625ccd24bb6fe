/** Options of `probeVideo`. */
export interface ProbeOptions {
  /** The caller's abort; its reason is rethrown untouched. */
  readonly signal?: AbortSignal | undefined;
  /** Most time in milliseconds, waiting for a free worker and for the reader included; `Infinity` for none. Default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Most bytes that the reader is asked for. Default 32 MiB. */
  readonly maxBytes?: number | undefined;
  /** Most time of computing in milliseconds, waiting for the reader excluded. Default 2 000. */
  readonly maxComputingMs?: number | undefined;
}
