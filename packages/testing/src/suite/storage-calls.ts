import type { CallOptions, UploadTicket } from '@videostorage/core';
import { type Scenario, user } from './scenario.ts';

/** One public method that may ask the provider. */
export interface StorageCall {
  /** The method's name. */
  readonly name: string;
  /** `ticket` is that of a ready video. */
  run(scenario: Scenario, ticket: UploadTicket, options: CallOptions): Promise<unknown>;
}

/** Ask, and change nothing. */
export const reads: readonly StorageCall[] = [
  { name: 'videoExists', run: ({ storage }, { videoId }, options) => storage.videoExists(videoId, options) },
  { name: 'getVideoMetadata', run: ({ storage }, { videoId }, options) => storage.getVideoMetadata(videoId, options) },
  { name: 'listVideos', run: ({ storage }, _ticket, options) => storage.listVideos(options) },
  {
    name: 'confirmUpload',
    run: ({ storage }, { uploadReference }, options) => storage.confirmUpload(uploadReference, { ...user, ...options }),
  },
];

/** Take something away. */
export const removals: readonly StorageCall[] = [
  { name: 'deleteVideo', run: ({ storage }, { videoId }, options) => storage.deleteVideo(videoId, options) },
  {
    name: 'abortUpload',
    run: ({ storage }, { uploadReference }, options) => storage.abortUpload(uploadReference, { ...user, ...options }),
  },
];

/** Creates an upload. */
export const create: StorageCall = {
  name: 'getUploadUrl',
  run: async (scenario, _ticket, options) => scenario.storage.getUploadUrl(await scenario.request(), options),
};

/** Signs locally. */
export const playback: StorageCall = {
  name: 'getPlaybackUrl',
  run: ({ storage }, { videoId }, options) => storage.getPlaybackUrl(videoId, options),
};
