import type { EventLogSubject } from '../event-log-subject.ts';
import type { SuiteCase } from '../suite-case.ts';
import { chains } from './chains.ts';
import { histories } from './histories.ts';

/** All guarantees of `EventLog`, in the order in which they are best read. */
export const eventLogCases: readonly SuiteCase<EventLogSubject>[] = [...chains, ...histories];
