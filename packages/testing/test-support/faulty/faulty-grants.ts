import { type FaultySubject, withCalls, withPlayback } from './faulty-subject.ts';

/** Mistakes in playback grants. */
export const faultyGrants: readonly FaultySubject[] = [
  {
    fault: 'every grant is valid for an hour, whatever was requested',
    noticedBy: ['playback/lifetime', 'playback/expired'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, options = {}) =>
          storage.getPlaybackUrl(videoId, { ...options, expiresInSeconds: 3600 }),
      })),
  },
  {
    fault: 'conditions of a grant are silently ignored',
    noticedBy: ['playback/not-before', 'playback/ip-range', 'playback/options', 'playback/kind'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, { signal, viewer } = {}) =>
          storage.getPlaybackUrl(videoId === 'a-video' ? `${'0'.repeat(32)}-mp4` : videoId, { signal, viewer }),
      })),
  },
  {
    fault: 'misspelt conditions of a grant are silently ignored',
    noticedBy: ['playback/options'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, { expiresInSeconds, notBefore, ipRange, kind, viewer, signal, timeoutMs } = {}) =>
          storage.getPlaybackUrl(videoId, { expiresInSeconds, notBefore, ipRange, kind, viewer, signal, timeoutMs }),
      })),
  },
  {
    fault: 'options that a call does not have are silently ignored',
    noticedBy: ['options/unknown'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getVideoMetadata: (videoId, { signal, timeoutMs, requestId } = {}) =>
          storage.getVideoMetadata(videoId, { signal, timeoutMs, requestId }),
      })),
  },
  {
    fault: 'a dry run of a delete deletes',
    noticedBy: ['options/unknown'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        deleteVideo: async (videoId, options) => {
          await storage.deleteVideo(videoId);
          return storage.deleteVideo(videoId, options);
        },
      })),
  },
  {
    fault: 'one grant opens every video',
    noticedBy: ['playback/other-video'],
    spoil: (subject) => {
      let url: string | undefined;
      return {
        ...withPlayback(subject, (playback) => {
          url ??= playback.url;
          return playback;
        }),
        play: (playback) => subject.play(url === undefined ? playback : { ...playback, url }),
      };
    },
  },
];
