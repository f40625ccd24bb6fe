import type { Scenario } from './scenario.ts';

/** What a case needs from its subject beyond the port. */
export type Need = 'clock' | 'failNext' | 'multipart' | 'webhooks' | 'notify' | 'maintenance';

/** A test of one or several lines of the contract. */
export interface ConformanceCase {
  /** Stable id: `<behaviour>/<case>`; the key of an exception. */
  readonly id: string;
  /** The line of the contract, as a fact. */
  readonly title: string;
  /** The case is skipped for subjects that lack one of these. */
  readonly needs?: readonly Need[];
  /** Rejects when the storage does not fulfil the line. */
  run(scenario: Scenario): Promise<void>;
}
