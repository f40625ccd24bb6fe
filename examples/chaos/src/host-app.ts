import type { UploadTicket } from '@videostorage/core';

/** What a browser asks of a host app, and what a visitor of it counts in the end. */
export interface HostApp {
  /** Asks for an upload of a file that is named after its key; a browser that lost the answer asks again with the same one. */
  getUploadUrl(key: string): Promise<UploadTicket>;
  /** Says that the bytes are sent. */
  confirmUpload(uploadReference: string): Promise<void>;
  /** What the host app does by itself, minutes and days later. */
  sweep(): Promise<void>;
  /** Ids of the storage of videos that the host app knows and shows. */
  knownVideoIds(): Promise<readonly string[]>;
  /** Number of videos that the host app reported to its users as ready by more than one transition, for instance in two mails. */
  reportedTwice(): number;
}
