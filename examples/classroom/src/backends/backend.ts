import type { RateLimiter, Secret, Validator, VideoStorage } from '@videostorage/core';

/** What the classroom hands to whatever storage it runs on. */
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
  /** Answers what is the storage's own, undefined for everything else. */
  handle?(request: Request): Promise<Response> | undefined;
  close(): Promise<void>;
}
