import type { VideoStorage } from '@videostorage/core';

/** A storage whose provider runs on this computer. */
export interface EmulatedStorage {
  /** What your host app injects. */
  readonly storage: VideoStorage;
  /** Does at once what the provider does in its own time: encoding on Cloudflare Stream, nothing on S3. */
  finishProcessing(): Promise<void>;
  /** Ends the emulators; their videos are gone. */
  stop(): Promise<void>;
}
