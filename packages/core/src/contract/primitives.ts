/** ISO 8601, UTC, milliseconds: `2026-11-23T02:15:00.000Z`. */
export type Timestamp = string;

/**
 * State of a video. A storage reports `pending`, `processing`, `ready` or `failed`. Only records of `VideoService` have
 * the others: `expired` (not uploaded in time), `deleting` (the delete is not complete) and `deleted`.
 */
export type VideoStatus = 'pending' | 'processing' | 'ready' | 'failed' | 'expired' | 'deleting' | 'deleted';

/** Short strings of the host app that are stored with a video: at most 512 bytes as JSON, keys `[a-z0-9_-]{1,64}`. */
export type CustomMetadata = Readonly<Record<string, string>>;

/** Tells the time and waits. It is injected, so that tests can control both. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when that aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
