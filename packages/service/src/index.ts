export type { AccessQuestion, Actor, Authorize, Operation } from './actor.ts';
export {
  checkedLogFilter,
  checkedLogQuery,
  checkedRecordFilter,
  checkedRecordQuery,
  checkedUserUsageQuery,
} from './checked-queries.ts';
export type { ErasureReceipt } from './erasure.ts';
export type {
  BrokenChain,
  EventCount,
  EventLog,
  LogEntry,
  LogFilter,
  LogOutcome,
  LogPage,
  LogQuery,
  NewLogEntry,
} from './event-log.ts';
export { foldText, searchWords } from './fold-text.ts';
export type { EventListQuery, VideoListQuery } from './listings.ts';
export { type ChainedEntry, LogChain } from './log-chain.ts';
export type { MaintenanceHandle } from './maintenance-loop.ts';
export { MemoryEventLog, type MemoryEventLogOptions } from './memory/memory-event-log.ts';
export { MemoryVideoRecords, type MemoryVideoRecordsOptions } from './memory/memory-video-records.ts';
export { decodeCursor, encodeCursor } from './page-cursor.ts';
export type { AcceptUnverified } from './reconciler.ts';
export { insertedRecord, patchedRecord, scheduledRecord } from './record-change.ts';
export { changedUsage, NO_USAGE, recordUsage, refusedQuota, USAGE_SCOPES, usageKey } from './record-usage.ts';
export type { ServiceHooks } from './service-hooks.ts';
export type { ServiceSweepOptions } from './service-sweep-options.ts';
export type { RetainFor } from './storage-sweep.ts';
export type { SweepFailure, SweepReport } from './sweep-report.ts';
export {
  countedFrom,
  decodeTimeCursor,
  encodeTimeCursor,
  pageLimit,
  type TimePlace,
  timeBound,
} from './time-cursor.ts';
export type { ServiceUploadRequest, UploadRequestOptions } from './upload-requests.ts';
export type { NewVideoRecord, VideoRecord, VideoRecordPatch } from './video-record.ts';
export type {
  DayCount,
  FailureCount,
  Quota,
  RecordSchedule,
  RecordUsage,
  UnknownVideo,
  UserUsage,
  UserUsagePage,
  VideoRecordFilter,
  VideoRecordPage,
  VideoRecordQuery,
  VideoRecords,
} from './video-records.ts';
export { type GrantOptions, type StorageCost, VideoService } from './video-service.ts';
export type { MaintenanceOptions, VideoServiceOptions } from './video-service-options.ts';
