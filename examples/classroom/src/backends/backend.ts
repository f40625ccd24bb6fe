import type { RateLimiter, Secret, Validator, VideoStorage } from '@videostorage/core';

/** The settings that the classroom passes to each backend. */
export interface BackendSettings {
  /** Folder for everything that must survive a restart. */
  readonly folder: string;
  /** Where browsers reach the classroom, without a slash at its end. */
  readonly publicUrl: string;
  readonly referenceSecret: Secret;
  readonly validator: Validator;
  readonly rateLimiter: RateLimiter;
  /** Creates a proxy before the server of an emulator that receives bytes; tests break connections there. Default: no proxy. */
  readonly uploadProxy?: UploadProxy | undefined;
}

/** A proxy whose target port is known later. */
export interface UploadProxy {
  readonly origin: string;
  leadTo(port: number): void;
}

/** A storage and what the classroom needs to know about it. */
export interface Backend {
  readonly storage: VideoStorage;
  /** A sentence for users that says where their videos are stored. */
  readonly storedAt: string;
  /** Origins that the page loads scripts from: that of Cloudflare's player. */
  readonly scriptOrigins: readonly string[];
  /** URL of the script of Cloudflare's player, when it is not the usual one. */
  readonly embedScriptUrl?: string | undefined;
  /** Other origins that the page uploads to and plays from. */
  readonly browserOrigins: readonly string[];
  /** True when the videos are lost when the classroom stops. */
  readonly isEmulated: boolean;
  close(): Promise<void>;
}
