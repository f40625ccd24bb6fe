import type { VideoRecords } from '../video-records.ts';

/** An implementation as the suite examines it. */
export interface VideoRecordsSubject {
  /** Empty records. */
  readonly records: VideoRecords;
  /** The same records as another process has them: another instance over the same store; the same one where there is none. */
  readonly other: VideoRecords;
  /** Lets this time pass by the store's clock, at once: moves the clock on, or all times that are stored back. */
  advance(seconds: number): Promise<void>;
  /** Frees what the subject holds. */
  dispose(): Promise<void>;
}
