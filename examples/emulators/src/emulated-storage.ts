import type { VideoStorage } from '@videostorage/core';

/** A storage whose provider runs on this computer. */
export interface EmulatedStorage {
  /** What your host app injects. */
  readonly storage: VideoStorage;
  /** Completes at once what the provider does in the background: encoding on Cloudflare Stream, nothing on S3. */
  finishProcessing(): Promise<void>;
  /** Stops the emulators; their videos are lost. */
  stop(): Promise<void>;
}
