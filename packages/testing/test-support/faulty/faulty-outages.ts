import { type FaultySubject, faultCases, withCalls } from './faulty-subject.ts';

/** Mistakes when the provider fails or the caller aborts. */
export const faultyOutages: readonly FaultySubject[] = [
  {
    fault: 'deadline and signal of the caller are ignored',
    noticedBy: ['fault/hang/deadline', 'abort-signal/before', 'abort-signal/during'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        videoExists: (videoId) => storage.videoExists(videoId, { timeoutMs: 2000 }),
        deleteVideo: (videoId) => storage.deleteVideo(videoId, { timeoutMs: 2000 }),
      })),
  },
  {
    fault: 'a listener stays on the signal of the caller',
    noticedBy: ['abort-signal/left-alone'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        videoExists: (videoId, options) => {
          options?.signal?.addEventListener('abort', () => undefined);
          return storage.videoExists(videoId, options);
        },
      })),
  },
  {
    fault: 'a single "not found" of the provider deletes for good',
    noticedBy: ['fault/not-found-once'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        videoExists: async (videoId, options) => {
          const exists = await storage.videoExists(videoId, options).catch(() => false);
          if (!exists) await storage.deleteVideo(videoId);
          return exists;
        },
      })),
  },
  {
    fault: 'creating again after a timeout gives another video',
    noticedBy: ['fault/hang/create', ...faultCases('create')],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const twin = await storage.getUploadUrl({ ...request, uploadId: undefined }, options);
          await subject.send?.(twin, new Uint8Array(request.sizeBytes), request.mimeType);
          await storage.confirmUpload(twin.uploadReference, { userId: request.userId });
          return storage.getUploadUrl(request, options);
        },
      })),
  },
  {
    fault: 'a fault of the provider counts as absence',
    noticedBy: faultCases('once', 'always'),
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        videoExists: (videoId, options) =>
          // No retry and no error: the first failure is treated as absence.
          storage.videoExists(videoId, { ...options, timeoutMs: 1 }).catch(() => false),
        listVideos: (options) => storage.listVideos({ ...options, timeoutMs: 1 }).catch(() => ({ videos: [] })),
      })),
  },
  {
    fault: 'a grant sends a request to the provider first',
    noticedBy: faultCases('playback'),
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: async (videoId, options) => {
          await storage.getVideoMetadata(videoId, options);
          return storage.getPlaybackUrl(videoId, options);
        },
      })),
  },
];
