import type { EventLog, LogEntry } from '../event-log.ts';

/** How a test tampers with a stored entry, bypassing the log: it changes values or removes the entry. */
export type Tampering = Partial<Omit<LogEntry, 'id' | 'recordId' | 'sequence'>> | 'remove';

/** An implementation as the suite examines it. */
export interface EventLogSubject {
  /** An empty log. */
  readonly log: EventLog;
  /**
   * The same log as another process would open it: a second instance over the same store, or the same instance if there
   * cannot be a second one.
   */
  readonly other: EventLog;
  /** Changes the stored entry of a chain, bypassing the log. */
  tamper(recordId: string, sequence: number, tampering: Tampering): Promise<void>;
  /** Makes this much time pass immediately by the store's clock: moves the clock forward, or all stored times back. */
  advance(seconds: number): Promise<void>;
  /** Frees what the subject holds. */
  dispose(): Promise<void>;
}
