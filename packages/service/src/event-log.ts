import type { EventName, Timestamp } from '@videostorage/core';

/** How the operation ended. */
export type LogOutcome = 'ok' | 'denied' | 'failed';

/** An entry to append. */
export interface NewLogEntry {
  /**
   * The record that the entry is about; null when there is none, for instance for a refused request. An entry without a
   * record is in no chain.
   */
  readonly recordId: string | null;
  /**
   * For a change of the record: how many times this event has happened to the record, 1 for an event that happens only
   * once. Null for an access, such as an issued grant. An entry with the same record, event and occurrence as an existing
   * one is the same change, written again after a crash; it is not added.
   */
  readonly occurrence: number | null;
  /** What happened. */
  readonly event: EventName;
  /** How the operation ended. */
  readonly outcome: LogOutcome;
  /** The user who acted; personal data. */
  readonly userId: string | null;
  /** The user's first role, for instance `teacher`; personal data. */
  readonly role: string | null;
  /** What the video belongs to. */
  readonly contextId: string | null;
  /** Code of the error, if there was one. */
  readonly errorCode: string | null;
  /** How long the operation took, in milliseconds. */
  readonly elapsedMs: number | null;
}

/**
 * One entry of the history. Entries about changes (those with an `occurrence`) form a keyed hash chain per record.
 * Accesses, such as issued grants, are outside the chain: their `sequence`, `previousHash` and `hash` are null. Otherwise
 * hundreds of viewers of one video would compete for the end of its chain.
 */
export interface LogEntry extends NewLogEntry {
  /** Unique in the log; entries with the same time are ordered by it as they were written. */
  readonly id: string;
  /** Position in the record's chain: 1, 2, 3 … */
  readonly sequence: number | null;
  /** When the entry was written, by the log's clock. */
  readonly at: Timestamp;
  /** Keyed digest of the personal fields; it is kept when they are erased, so that the chain stays intact. */
  readonly personalDigest: string | null;
  /** `hash` of the previous entry; empty for the first one. */
  readonly previousHash: string | null;
  /** Keyed hash of this entry and the previous hash, so that someone who can write to the table cannot recompute it. */
  readonly hash: string | null;
}

/** Selects the entries that match every member. */
export interface LogFilter {
  /** Only entries of this record. */
  readonly recordId?: string | undefined;
  /** Only entries of this context. */
  readonly contextId?: string | undefined;
  /** Only entries of this user. */
  readonly userId?: string | undefined;
  /** Only these events. */
  readonly events?: readonly EventName[] | undefined;
  /** Only entries with this outcome. */
  readonly outcome?: LogOutcome | undefined;
  /** Only entries written at this time or later. */
  readonly from?: Timestamp | undefined;
  /** Only entries written before this time. */
  readonly before?: Timestamp | undefined;
}

/** A query for one page of entries, newest first. */
export interface LogQuery extends LogFilter {
  /** Entries per page, 1–1 000. */
  readonly limit: number;
  /** The `cursor` of the previous page; opaque. Absent: the first page. */
  readonly cursor?: string | undefined;
}

/** One page of entries, ordered by `at` and `id`. */
export interface LogPage {
  /** The entries, at most `limit` of them. */
  readonly entries: readonly LogEntry[];
  /** Pass it to get the next page. Absent on the last page. */
  readonly cursor?: string;
}

/** How often an event happened on one day. */
export interface EventCount {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** What happened. */
  readonly event: EventName;
  /** How the operation ended. */
  readonly outcome: LogOutcome;
  /** Number of entries. */
  readonly entries: number;
}

/** Where a chain is broken. */
export interface BrokenChain {
  /** The first entry that does not fit. */
  readonly sequence: number;
  /** What is wrong, as text. */
  readonly reason: string;
}

/**
 * Append-only history. The log alone cannot show that a whole chain, or the last entries of one, were removed: compare
 * the last event of a record's chain with the record's status. Conformance: `describeEventLog` of
 * `@videostorage/service/testing`.
 */
export interface EventLog {
  /**
   * Adds an entry and returns it; for a change that was already recorded (same record, event and occurrence) returns
   * the existing entry.
   */
  append(entry: NewLogEntry): Promise<LogEntry>;
  /** One page, newest first. @throws {ValidationError} an unknown filter or event, or a cursor that this method did not return */
  list(query: LogQuery): Promise<LogPage>;
  /**
   * Counts by day, event and outcome, oldest day first. At most 366 days: the days before `before`, or before now.
   * @throws {ValidationError} a filter or event that does not exist
   */
  countByDay(filter: LogFilter): Promise<readonly EventCount[]>;
  /** Finds the first broken link of a record's chain; undefined when the chain is intact. */
  verify(recordId: string): Promise<BrokenChain | undefined>;
  /** Blanks the personal fields (`userId`, `role`) of a user, in chains and accesses; returns the number of entries changed. */
  erase(userId: string): Promise<number>;
}
