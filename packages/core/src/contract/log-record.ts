import type { EventName } from './event-name.ts';
import type { Timestamp } from './primitives.ts';

/** Severity of an event. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One event. Only these fields are ever logged. */
export interface LogRecord {
  /** When the event happened. */
  readonly at: Timestamp;
  /** Severity. */
  readonly level: LogLevel;
  /** What happened. */
  readonly event: EventName;
  /** `backendName` of the storage that the event is about. */
  readonly backendName?: string;
  /** The public method, for instance `getUploadUrl`. */
  readonly operation?: string;
  /** Id of the video that the event is about. */
  readonly videoId?: string;
  /** Id of the user who acted. */
  readonly userId?: string;
  /** What the video belongs to. */
  readonly contextId?: string;
  /** Role of the user, for instance `teacher`. */
  readonly role?: string;
  /** Id of the host app's request. */
  readonly requestId?: string;
  /** Size of the file. */
  readonly sizeBytes?: number;
  /** Duration of the video. */
  readonly durationSeconds?: number;
  /** Code of the error. */
  readonly code?: string;
  /** Message of the error, scrubbed of credentials. */
  readonly message?: string;
  /** Which attempt failed, from 1. */
  readonly attempt?: number;
  /** Delay before the next attempt. */
  readonly delayMs?: number;
  /** How long the call took. */
  readonly elapsedMs?: number;
  /** Scope of the rate limit or quota: `user`, `context`, `tenant` or `global`. */
  readonly scope?: string;
  /** How many calls the rate limit allows in its window, or the bound of the quota: uploads, bytes or seconds. */
  readonly limit?: number;
  /** Delay after which the same call may succeed. */
  readonly retryAfterMs?: number;
  /** When the issued ticket or grant expires. */
  readonly expiresAt?: Timestamp;
}

/** Writes an event somewhere. A sink that is slow or throws does not affect the call that logs. */
export type LogSink = (record: LogRecord) => void;
