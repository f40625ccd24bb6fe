import type { CallOptions, UploadTicket } from '@videostorage/core';
import { type Scenario, user } from './scenario.ts';

/** A call of one public method. */
export interface StorageCall {
  /** Name of the method. */
  readonly name: string;
  /** Makes the call. `ticket` is that of a ready video. */
  run(scenario: Scenario, ticket: UploadTicket, options: CallOptions): Promise<unknown>;
}

/** Calls that read. */
export const reads: readonly StorageCall[] = [
  { name: 'videoExists', run: ({ storage }, { videoId }, options) => storage.videoExists(videoId, options) },
  { name: 'getVideoMetadata', run: ({ storage }, { videoId }, options) => storage.getVideoMetadata(videoId, options) },
  { name: 'listVideos', run: ({ storage }, _ticket, options) => storage.listVideos(options) },
  {
    name: 'confirmUpload',
    run: ({ storage }, { uploadReference }, options) => storage.confirmUpload(uploadReference, { ...user, ...options }),
  },
];

/** Calls that delete. */
export const removals: readonly StorageCall[] = [
  { name: 'deleteVideo', run: ({ storage }, { videoId }, options) => storage.deleteVideo(videoId, options) },
  {
    name: 'abortUpload',
    run: ({ storage }, { uploadReference }, options) => storage.abortUpload(uploadReference, { ...user, ...options }),
  },
];

/** The call that creates an upload. */
export const create: StorageCall = {
  name: 'getUploadUrl',
  run: async (scenario, _ticket, options) => scenario.storage.getUploadUrl(await scenario.request(), options),
};

/** The call that signs without a provider request. */
export const playback: StorageCall = {
  name: 'getPlaybackUrl',
  run: ({ storage }, { videoId }, options) => storage.getPlaybackUrl(videoId, options),
};
