import { declareSuite } from './declare-suite.ts';
import { videoRecordsCases } from './records/video-records-cases.ts';
import type { SuiteOptions } from './suite-case.ts';
import type { VideoRecordsSubject } from './video-records-subject.ts';

/**
 * The conformance suite of `VideoRecords`, which every implementation runs.
 * `describeVideoRecords({ name: 'MyRecords', create, runner: { describe, test } })`
 */
export function describeVideoRecords(options: SuiteOptions<VideoRecordsSubject>): void {
  declareSuite('VideoRecords', videoRecordsCases, options);
}
