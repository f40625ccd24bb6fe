import type { VideoRecords } from '../video-records.ts';

/** An implementation as the suite examines it. */
export interface VideoRecordsSubject {
  /** Empty records. */
  readonly records: VideoRecords;
  /**
   * The same records as another process would open them: a second instance over the same store, or the same instance if
   * there cannot be a second one.
   */
  readonly other: VideoRecords;
  /** Makes this much time pass immediately by the store's clock: moves the clock forward, or all stored times back. */
  advance(seconds: number): Promise<void>;
  /** Frees what the subject holds. */
  dispose(): Promise<void>;
}
