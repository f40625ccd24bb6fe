import type { EventName } from './event-name.ts';
import type { Timestamp } from './primitives.ts';

/** How loud an event is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One event; nothing but these fields is logged. */
export interface LogRecord {
  /** When it happened. */
  readonly at: Timestamp;
  /** How loud. */
  readonly level: LogLevel;
  /** What happened. */
  readonly event: EventName;
  /** The storage it happened on. */
  readonly backendName?: string;
  /** The public method, for instance `getUploadUrl`. */
  readonly operation?: string;
  /** The video it is about. */
  readonly videoId?: string;
  /** Who acted. */
  readonly userId?: string;
  /** What the video belongs to. */
  readonly contextId?: string;
  /** As whom they acted. */
  readonly role?: string;
  /** Of the host's request. */
  readonly requestId?: string;
  /** Bytes of the file. */
  readonly sizeBytes?: number;
  /** Play time in seconds. */
  readonly durationSeconds?: number;
  /** Of the error. */
  readonly code?: string;
  /** Scrubbed sentence. */
  readonly message?: string;
  /** Which attempt failed, from 1. */
  readonly attempt?: number;
  /** Wait before the next attempt. */
  readonly delayMs?: number;
  /** How long the call took. */
  readonly elapsedMs?: number;
  /** Which limit. */
  readonly scope?: string;
  /** Its number. */
  readonly limit?: number;
  /** Wait this long. */
  readonly retryAfterMs?: number;
  /** When the ticket or grant that was issued ends. */
  readonly expiresAt?: Timestamp;
}

/** Takes an event away; may be slow or throw without harm to the call. */
export type LogSink = (record: LogRecord) => void;
