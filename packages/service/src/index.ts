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
export { type ChainedEntry, LogChain } from './log-chain.ts';
export { MemoryEventLog, type MemoryEventLogOptions } from './memory/memory-event-log.ts';
export { MemoryVideoRecords, type MemoryVideoRecordsOptions } from './memory/memory-video-records.ts';
export { decodeCursor, encodeCursor } from './page-cursor.ts';
export { insertedRecord, patchedRecord, scheduledRecord } from './record-change.ts';
export { changedUsage, NO_USAGE, recordUsage, refusedQuota, USAGE_SCOPES, usageKey } from './record-usage.ts';
export {
  countedFrom,
  decodeTimeCursor,
  encodeTimeCursor,
  pageLimit,
  type TimePlace,
  timeBound,
} from './time-cursor.ts';
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
