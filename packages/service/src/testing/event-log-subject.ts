import type { EventLog, LogEntry } from '../event-log.ts';

/** Tampering with a stored entry behind the log's back: other values, or its removal. */
export type Tampering = Partial<Omit<LogEntry, 'id' | 'recordId' | 'sequence'>> | 'remove';

/** An implementation as the suite examines it. */
export interface EventLogSubject {
  /** An empty log. */
  readonly log: EventLog;
  /** The same log as another process has it: another instance over the same store; the same one where there is none. */
  readonly other: EventLog;
  /** Changes the stored entry of a chain, past the log. */
  tamper(recordId: string, sequence: number, tampering: Tampering): Promise<void>;
  /** Lets this time pass by the store's clock, at once: moves the clock on, or all times that are stored back. */
  advance(seconds: number): Promise<void>;
  /** Frees what the subject holds. */
  dispose(): Promise<void>;
}
