export { describeEventLog } from './describe-event-log.ts';
export { describeVideoRecords } from './describe-video-records.ts';
export type { EventLogSubject, Tampering } from './event-log-subject.ts';
export { newUpload } from './records/new-upload.ts';
export type { SuiteOptions, SuiteRunner } from './suite-case.ts';
export type { VideoRecordsSubject } from './video-records-subject.ts';
