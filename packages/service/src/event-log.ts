import type { EventName, Timestamp } from '@videostorage/core';

/** How it ended. */
export type LogOutcome = 'ok' | 'denied' | 'failed';

/** An entry to append. */
export interface NewLogEntry {
  /** The record that it is about; null when there is none, for instance for a refused request: then it is in no chain. */
  readonly recordId: string | null;
  /**
   * For a change of the record: the number of this event in the record's life, 1 for what happens once. Null for an access. A
   * second entry of the same record, event and occurrence is the same change, written again after a crash: it is not added.
   */
  readonly occurrence: number | null;
  /** What happened. */
  readonly event: EventName;
  /** How it ended. */
  readonly outcome: LogOutcome;
  /** The user who did it; personal. */
  readonly userId: string | null;
  /** Their first role, for instance `teacher`; personal. */
  readonly role: string | null;
  /** What the video belongs to. */
  readonly contextId: string | null;
  /** Of the error. */
  readonly errorCode: string | null;
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number | null;
}

/**
 * One line of history. Changes (with an `occurrence`) form a keyed hash chain per record; accesses stand beside it,
 * with `sequence`, `previousHash` and `hash` null: hundreds of viewers of one video would collide on its chain.
 */
export interface LogEntry extends NewLogEntry {
  /** Unique in the log, and in the order of writing among entries of one time. */
  readonly id: string;
  /** 1, 2, 3 … within the record. */
  readonly sequence: number | null;
  /** By the clock of the log. */
  readonly at: Timestamp;
  /** Keyed digest of the personal fields; stays when they are erased, so that the chain stays whole. */
  readonly personalDigest: string | null;
  /** `hash` of the entry before; empty for the first. */
  readonly previousHash: string | null;
  /** Keyed, so that someone who can write to the table cannot compute it again. */
  readonly hash: string | null;
}

/** Which entries: those that meet every member. */
export interface LogFilter {
  /** Of this record. */
  readonly recordId?: string | undefined;
  /** Of this context. */
  readonly contextId?: string | undefined;
  /** Of this person. */
  readonly userId?: string | undefined;
  /** Of these kinds. */
  readonly events?: readonly EventName[] | undefined;
  /** With this outcome. */
  readonly outcome?: LogOutcome | undefined;
  /** Then or later. */
  readonly from?: Timestamp | undefined;
  /** Earlier. */
  readonly before?: Timestamp | undefined;
}

/** One page of entries, newest first. */
export interface LogQuery extends LogFilter {
  /** 1–1 000. */
  readonly limit: number;
  /** From the page before; opaque. */
  readonly cursor?: string | undefined;
}

/** Entries by (at, id). */
export interface LogPage {
  /** At most `limit`. */
  readonly entries: readonly LogEntry[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** How often something happened. */
export interface EventCount {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** What happened. */
  readonly event: EventName;
  /** How it ended. */
  readonly outcome: LogOutcome;
  /** How often. */
  readonly entries: number;
}

/** Where a chain is broken. */
export interface BrokenChain {
  /** The first entry that does not fit. */
  readonly sequence: number;
  /** How it is broken, in a sentence. */
  readonly reason: string;
}

/**
 * Append-only history. The log alone cannot notice that a whole chain, or its end, was removed: compare its last event with the
 * record's status. Conformance: `describeEventLog` of `@videostorage/service/testing`.
 */
export interface EventLog {
  /** Adds an entry and returns it; for a known change (same record, event and occurrence) returns the known entry. */
  append(entry: NewLogEntry): Promise<LogEntry>;
  /** One page, newest first. @throws {ValidationError} a filter or event that does not exist, a cursor that is not from here */
  list(query: LogQuery): Promise<LogPage>;
  /**
   * Counts by day, event and outcome, oldest day first. At most 366 days: the days before `before`, or before now.
   * @throws {ValidationError} a filter or event that does not exist
   */
  countByDay(filter: LogFilter): Promise<readonly EventCount[]>;
  /** The first broken link of a record's chain, or undefined when it is whole. */
  verify(recordId: string): Promise<BrokenChain | undefined>;
  /** Blanks the personal fields (`userId`, `role`) of a user, in chains and accesses; returns the number of entries changed. */
  erase(userId: string): Promise<number>;
}
