import {
  type CallOptions,
  isVideoStorageError,
  type UploadRequest,
  ValidationError,
  type VideoMetadata,
} from '@videostorage/core';
import { type FaultySubject, overridden, withCalls } from './faulty-subject.ts';

/** Mistakes in listing, validating and estimating. */
export const faultyListings: readonly FaultySubject[] = [
  {
    fault: 'the cursor of a page is ignored',
    noticedBy: ['list/pages', 'list/same-instant', 'list/each-video'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => ({ videos: (await storage.listVideos(options)).videos }),
      })),
  },
  {
    fault: 'a page begins again with the last video of the page before',
    noticedBy: ['list/changes-between'],
    spoil: (subject) => {
      let last: VideoMetadata | undefined;
      return withCalls(subject, (storage) => ({
        listVideos: async (options) => {
          const page = await storage.listVideos(options);
          const videos = options?.cursor !== undefined && last !== undefined ? [last, ...page.videos] : page.videos;
          last = page.videos.at(-1);
          return { ...page, videos };
        },
      }));
    },
  },
  {
    fault: 'a listing reports another size',
    noticedBy: ['list/agrees'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => {
          const page = await storage.listVideos(options);
          return { ...page, videos: page.videos.map((video) => ({ ...video, sizeBytes: 1 })) };
        },
      })),
  },
  {
    fault: 'a listing lacks a part of the metadata',
    noticedBy: ['list/agrees'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => {
          const page = await storage.listVideos(options);
          return { ...page, videos: page.videos.map(({ custom: _custom, ...video }) => video) };
        },
      })),
  },
  {
    fault: 'every listing has a next page',
    noticedBy: ['list/empty', 'validation/all-problems'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => ({ cursor: 'before-1', ...(await storage.listVideos(options)) }),
      })),
  },
  {
    fault: 'the largest allowed value is refused',
    noticedBy: ['list/options', 'playback/lifetime', 'maintenance/limit-invalid'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: (options) => storage.listVideos(options?.limit === 1000 ? { ...options, limit: 1001 } : options),
        getPlaybackUrl: (videoId, options) =>
          storage.getPlaybackUrl(
            videoId,
            options?.expiresInSeconds === 86_400 ? { ...options, expiresInSeconds: 86_401 } : options,
          ),
        maintenance: overridden(subject.storage.maintenance, {
          sweep: (options) =>
            subject.storage.maintenance.sweep(options?.limit === 10_000 ? { ...options, limit: 10_001 } : options),
        }),
      })),
  },
  {
    fault: 'limits and cursors are not checked',
    noticedBy: ['list/options'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: () => storage.listVideos(),
      })),
  },
  {
    fault: 'only the first problem of a request is named',
    noticedBy: ['validation/all-problems'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request: UploadRequest, options?: CallOptions) =>
          storage.getUploadUrl(request, options).catch((error: unknown) => {
            if (!isVideoStorageError(error) || error.code !== 'VALIDATION_FAILED') throw error;
            throw new ValidationError(error.problems.slice(0, 1));
          }),
      })),
  },
  {
    fault: 'an estimate is not the sum of its items',
    noticedBy: ['cost/sums'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        estimateCost: (usage) => ({ ...storage.estimateCost(usage), monthlyUsd: 1 }),
      })),
  },
  {
    fault: 'an estimate accepts usage that is not a number',
    noticedBy: ['cost/no-number'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        estimateCost: ({ storedBytes }) => storage.estimateCost({ storedBytes: storedBytes || 0, views: 0 }),
      })),
  },
  {
    fault: 'usage that is not a number is refused without its name',
    noticedBy: ['cost/no-number'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        estimateCost: (usage) => {
          if (Object.values(usage).every((each) => each >= 0 && Number.isFinite(each)))
            return storage.estimateCost(usage);
          throw new ValidationError([{ path: 'usage', code: 'OPTION_INVALID', message: 'The usage is not a number.' }]);
        },
      })),
  },
];
