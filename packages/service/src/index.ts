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
export { decodeCursor, encodeCursor } from './page-cursor.ts';
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
