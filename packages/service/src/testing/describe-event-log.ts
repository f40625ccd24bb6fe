import { declareSuite } from './declare-suite.ts';
import type { EventLogSubject } from './event-log-subject.ts';
import { eventLogCases } from './log/event-log-cases.ts';
import type { SuiteOptions } from './suite-case.ts';

/**
 * The conformance suite of `EventLog`, which every implementation runs.
 * `describeEventLog({ name: 'MyLog', create, runner: { describe, test } })`
 */
export function describeEventLog(options: SuiteOptions<EventLogSubject>): void {
  declareSuite('EventLog', eventLogCases, options);
}
