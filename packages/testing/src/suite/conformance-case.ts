import type { Scenario } from './scenario.ts';

/** What a case needs of its subject beyond the port. */
export type Need = 'clock' | 'failNext' | 'multipart' | 'webhooks' | 'notify' | 'maintenance';

/** One promise of the port, as a program. */
export interface ConformanceCase {
  /** Stable id: `<behaviour>/<case>`; the key of an exception. */
  readonly id: string;
  /** What is promised. */
  readonly title: string;
  /** Left out for subjects that lack one of these. */
  readonly needs?: readonly Need[];
  /** Fails when the promise is broken. */
  run(scenario: Scenario): Promise<void>;
}
