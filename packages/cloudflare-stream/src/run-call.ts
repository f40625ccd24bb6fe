import type { CallOptions, RetryClass } from '@videostorage/core';

/** One call that may be repeated, by name. */
export interface RepeatableCall {
  /** For the log, for instance `captions.upload`. */
  readonly name: string;
  /** May it be repeated? */
  readonly class: RetryClass;
}

/** Makes a call under the storage's retries, its deadline and the caller's signal: what stands beside the storage has them too. */
export type RunCall = <T>(
  call: RepeatableCall,
  attempt: (signal: AbortSignal) => Promise<T>,
  options: CallOptions,
) => Promise<T>;
