import type { RateLimiter, Secret, Validator, VideoStorage } from '@videostorage/core';

/** What the classroom passes to whatever storage it runs on. */
export interface BackendSettings {
  /** Folder for all that must survive a restart. */
  readonly folder: string;
  /** Where browsers reach the classroom, without a slash at its end. */
  readonly publicUrl: string;
  readonly referenceSecret: Secret;
  readonly validator: Validator;
  readonly rateLimiter: RateLimiter;
}

/** A storage and what belongs to it. */
export interface Backend {
  readonly storage: VideoStorage;
  /** A sentence for people: where their videos are. */
  readonly storedAt: string;
  /** Other origins that the page sends to and plays from. */
  readonly browserOrigins: readonly string[];
  /** True when the videos end with the classroom. */
  readonly isEmulated: boolean;
  close(): Promise<void>;
}
