import type { Clock } from '@videostorage/core';
import type { FileFunctions } from './file-functions.ts';
import type { UploadFileStore } from './upload-file-store.ts';
import type { VideoStore } from './video-store.ts';

/** The parts of a storage that mint and confirmation work with. */
export interface LocalParts {
  /** The disk. */
  readonly files: FileFunctions;
  /** Where the bytes arrived. */
  readonly uploads: UploadFileStore;
  /** Where they go. */
  readonly videos: VideoStore;
  /** The time. */
  readonly clock: Clock;
}
