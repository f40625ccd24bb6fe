import type { UploadTicket } from '@videostorage/core';

/** The calls that a browser makes to a host app, and what the run reads from it at the end. */
export interface HostApp {
  /**
   * Requests an upload of a file that is named after its idempotency key; a browser that lost the answer repeats the request
   * with the same key.
   */
  getUploadUrl(key: string): Promise<UploadTicket>;
  /** Confirms that the bytes were sent. */
  confirmUpload(uploadReference: string): Promise<void>;
  /** What the host app does by itself, minutes and days later. */
  sweep(): Promise<void>;
  /** The storage's ids of the videos that the host app shows. */
  knownVideoIds(): Promise<readonly string[]>;
  /** Number of videos that the host app reported to its users as ready by more than one transition, for instance in two mails. */
  reportedTwice(): number;
}
