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
  /** Stands before what an emulator takes bytes by; tests break connections there. Default: nothing. */
  readonly uploadProxy?: UploadProxy | undefined;
}

/** What leads on to a port that is known later. */
export interface UploadProxy {
  readonly origin: string;
  leadTo(port: number): void;
}

/** A storage and what belongs to it. */
export interface Backend {
  readonly storage: VideoStorage;
  /** A sentence for people: where their videos are. */
  readonly storedAt: string;
  /** Origins that the page loads scripts from: that of Cloudflare's player. */
  readonly scriptOrigins: readonly string[];
  /** Where the script of Cloudflare's player is, when it is not at its usual place. */
  readonly embedScriptUrl?: string | undefined;
  /** Other origins that the page sends to and plays from. */
  readonly browserOrigins: readonly string[];
  /** True when the videos end with the classroom. */
  readonly isEmulated: boolean;
  close(): Promise<void>;
}
