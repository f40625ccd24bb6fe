import type { EventName } from '@videostorage/core';
import type { LogEntry, LogOutcome } from '@videostorage/service';
import { z } from 'zod';
import { readRow, storedInteger, storedNumber, storedTime } from './stored-value.ts';
import type { EventRow } from './video-tables.ts';

/** Pads ids, so that as text they are in the order of writing too. */
const ID_LENGTH = 16;

/**
 * Checked by its form, not against the list: during an update of the host app, older processes read events that newer ones
 * have written.
 */
export const eventSchema: z.ZodType<EventName> = z.custom<EventName>(
  (value) => typeof value === 'string' && /^[a-z_]{1,31}\.[a-z_]{1,31}$/.test(value),
);
/** An outcome. */
export const outcomeSchema: z.ZodType<LogOutcome> = z.enum(['ok', 'denied', 'failed']);

const textOrNull = z.string().nullable();

const rowSchema: z.ZodType<LogEntry> = z
  .object({
    id: storedInteger,
    record_id: textOrNull,
    sequence: storedInteger.nullable(),
    occurrence: storedInteger.nullable(),
    at: storedTime,
    event: eventSchema,
    outcome: outcomeSchema,
    user_id: textOrNull,
    role: textOrNull,
    context_id: textOrNull,
    error_code: textOrNull,
    elapsed_ms: storedNumber.nullable(),
    personal_digest: textOrNull,
    previous_hash: textOrNull,
    hash: textOrNull,
  })
  .transform((row) => ({
    id: String(row.id).padStart(ID_LENGTH, '0'),
    recordId: row.record_id,
    sequence: row.sequence,
    occurrence: row.occurrence,
    at: row.at,
    event: row.event,
    outcome: row.outcome,
    userId: row.user_id,
    role: row.role,
    contextId: row.context_id,
    errorCode: row.error_code,
    elapsedMs: row.elapsed_ms,
    personalDigest: row.personal_digest,
    previousHash: row.previous_hash,
    hash: row.hash,
  }));

/** The entry of a row. @throws {StoreUnavailableError} the row is not one that this package writes */
export function entryFromRow(row: unknown): LogEntry {
  return readRow('videostorage_events', rowSchema, row);
}

/** The columns of an entry, without id and time, which the database sets. */
export function eventColumns(entry: Omit<LogEntry, 'id' | 'at'>): Omit<EventRow, 'id' | 'at'> {
  return {
    record_id: entry.recordId,
    sequence: entry.sequence,
    occurrence: entry.occurrence,
    event: entry.event,
    outcome: entry.outcome,
    user_id: entry.userId,
    role: entry.role,
    context_id: entry.contextId,
    error_code: entry.errorCode,
    elapsed_ms: entry.elapsedMs,
    personal_digest: entry.personalDigest,
    previous_hash: entry.previousHash,
    hash: entry.hash,
  };
}
