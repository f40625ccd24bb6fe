import type { CallOptions, RetryClass } from '@videostorage/core';
import type { CloudflareStreamStorage } from '../src/cloudflare-stream-storage.ts';

/** Two ids of one upload, and one of a key. */
export interface UploadIds {
  readonly videoId: string;
  readonly uploadReference: string;
  readonly signingKeyId: string;
}

/** One public method that sends requests to the API, and how it may be repeated. */
export interface ApiOperation {
  readonly name: string;
  /** `create`: what may have been created is looked up before anything else. */
  readonly class: RetryClass | 'create';
  /** `tus`: the storage must use tus; `unsigned`: it must have neither signing key nor customer code. */
  readonly storage?: 'tus' | 'unsigned' | undefined;
  run(storage: CloudflareStreamStorage, ids: UploadIds, options: CallOptions): Promise<unknown>;
}

const userId = 'student-1';
const film = { userId, contextId: 'lesson-1', fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' };
const source = 'https://example.org/film.mp4';

/** Every public method that sends requests to the API. */
export const apiOperations: readonly ApiOperation[] = [
  {
    name: 'getUploadUrl by one form',
    class: 'create',
    run: (storage, _ids, options) => storage.getUploadUrl(film, options),
  },
  {
    name: 'getUploadUrl by tus',
    class: 'create',
    storage: 'tus',
    run: (storage, _ids, options) => storage.getUploadUrl(film, options),
  },
  {
    name: 'confirmUpload',
    class: 'always',
    run: (storage, ids, options) => storage.confirmUpload(ids.uploadReference, { userId, ...options }),
  },
  {
    name: 'abortUpload',
    class: 'always',
    run: (storage, ids, options) => storage.abortUpload(ids.uploadReference, { userId, ...options }),
  },
  {
    name: 'getPlaybackUrl without a signing key',
    class: 'always',
    storage: 'unsigned',
    run: (storage, ids, options) => storage.getPlaybackUrl(ids.videoId, options),
  },
  { name: 'deleteVideo', class: 'always', run: (storage, ids, options) => storage.deleteVideo(ids.videoId, options) },
  { name: 'videoExists', class: 'always', run: (storage, ids, options) => storage.videoExists(ids.videoId, options) },
  {
    name: 'getVideoMetadata',
    class: 'always',
    run: (storage, ids, options) => storage.getVideoMetadata(ids.videoId, options),
  },
  { name: 'listVideos', class: 'always', run: (storage, _ids, options) => storage.listVideos(options) },
  {
    name: 'updateVideo',
    class: 'always',
    run: (storage, ids, options) => storage.updateVideo(ids.videoId, { fileName: 'other.mp4' }, options),
  },
  {
    name: 'adoptVideo',
    class: 'always',
    run: (storage, ids, options) => storage.adoptVideo(ids.videoId, { userId }, options),
  },
  {
    name: 'getStorageUsage',
    class: 'always',
    run: (storage, _ids, options) => storage.getStorageUsage(userId, options),
  },
  {
    name: 'webhooks.subscribe',
    class: 'always',
    run: ({ webhooks }, _ids, options) => webhooks.subscribe('https://example.org/hook', options),
  },
  { name: 'webhooks.read', class: 'always', run: ({ webhooks }, _ids, options) => webhooks.read(options) },
  {
    name: 'webhooks.unsubscribe',
    class: 'always',
    run: ({ webhooks }, _ids, options) => webhooks.unsubscribe(options),
  },
  {
    name: 'signingKeys.create',
    class: 'if-not-sent',
    run: ({ signingKeys }, _ids, options) => signingKeys.create(options),
  },
  { name: 'signingKeys.list', class: 'always', run: ({ signingKeys }, _ids, options) => signingKeys.list(options) },
  {
    name: 'signingKeys.delete',
    class: 'always',
    run: ({ signingKeys }, ids, options) => signingKeys.delete(ids.signingKeyId, options),
  },
  {
    name: 'captions.upload',
    class: 'always',
    run: ({ captions }, ids, options) => captions.upload(ids.videoId, 'en', 'WEBVTT\n', options),
  },
  {
    name: 'captions.generate',
    class: 'if-not-sent',
    run: ({ captions }, ids, options) => captions.generate(ids.videoId, 'en', options),
  },
  { name: 'captions.list', class: 'always', run: ({ captions }, ids, options) => captions.list(ids.videoId, options) },
  {
    name: 'captions.delete',
    class: 'always',
    run: ({ captions }, ids, options) => captions.delete(ids.videoId, 'en', options),
  },
  {
    name: 'downloads.create',
    class: 'always',
    run: ({ downloads }, ids, options) => downloads.create(ids.videoId, 'default', options),
  },
  {
    name: 'downloads.list',
    class: 'always',
    run: ({ downloads }, ids, options) => downloads.list(ids.videoId, options),
  },
  {
    name: 'downloads.delete',
    class: 'always',
    run: ({ downloads }, ids, options) => downloads.delete(ids.videoId, 'audio', options),
  },
  { name: 'sweep', class: 'always', run: ({ maintenance }, _ids, options) => maintenance.sweep(options) },
  {
    name: 'copyFromUrl.start',
    class: 'create',
    run: async ({ copyFromUrl }, _ids, options) => copyFromUrl?.start(source, film, options),
  },
];
