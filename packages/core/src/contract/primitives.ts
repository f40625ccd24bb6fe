/** ISO 8601, UTC, milliseconds: `2026-11-23T02:15:00.000Z`. */
export type Timestamp = string;

/** One union for storages and records; a storage itself only ever reports pending, processing, ready or failed. */
export type VideoStatus = 'pending' | 'processing' | 'ready' | 'failed' | 'expired' | 'deleting' | 'deleted';

/** Short flat strings that travel with a video; at most 512 bytes as JSON, keys `[a-z0-9_-]{1,64}`. */
export type CustomMetadata = Readonly<Record<string, string>>;

/** Time and waiting, injected so that tests need neither. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `delayMs`; rejects with the signal's own reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
