import {
  BackendError,
  type CallOptions,
  type ConfirmOptions,
  ConflictError,
  ContentMismatchError,
  isVideoStorageError,
  type MultipartUploads,
  NotUploadedError,
  type Playback,
  type PlaybackOptions,
  type UploadCallOptions,
  UploadExpiredError,
  type UploadRequest,
  ValidationError,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoStorage,
} from '@videostorage/core';
import type { StorageSubject } from '../src/storage-subject.ts';
import type { MemorySubject } from './memory-subject.ts';

/** A mistake that a backend could make, and the cases that must notice it. */
export interface FaultySubject {
  /** What the backend does wrong. */
  readonly fault: string;
  /** Ids of the cases, each of which must fail. */
  readonly noticedBy: readonly string[];
  /** The sound subject with that one mistake. */
  spoil(subject: MemorySubject): StorageSubject;
}

type Calls = Partial<Omit<VideoStorage, 'backendName'>>;

/** The subject whose storage answers some calls otherwise; everything else is the sound one's. */
function withCalls(subject: MemorySubject, calls: (storage: VideoStorage) => Calls): StorageSubject {
  return { ...subject, storage: overridden<VideoStorage>(subject.storage, calls(subject.storage)) };
}

function overridden<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (sound, name) => {
      if (name in members) return Reflect.get(members, name);
      const member: unknown = Reflect.get(sound, name, sound);
      return typeof member === 'function' ? member.bind(sound) : member;
    },
  });
}

/** A storage whose metadata, wherever it is given, is changed. */
function withMetadata(subject: MemorySubject, change: (video: VideoMetadata) => VideoMetadata): StorageSubject {
  return withCalls(subject, (storage) => ({
    confirmUpload: async (reference, options) => change(await storage.confirmUpload(reference, options)),
    getVideoMetadata: async (videoId, options) => change(await storage.getVideoMetadata(videoId, options)),
    listVideos: async (options) => {
      const page = await storage.listVideos(options);
      return { ...page, videos: page.videos.map(change) };
    },
  }));
}

function withPlayback(
  subject: MemorySubject,
  change: (playback: Playback, videoId: string, options: PlaybackOptions) => Playback | Promise<Playback>,
): StorageSubject {
  return withCalls(subject, (storage) => ({
    getPlaybackUrl: async (videoId, options = {}) =>
      change(await storage.getPlaybackUrl(videoId, options), videoId, options),
  }));
}

function withMultipart(
  subject: MemorySubject,
  change: (multipart: MultipartUploads) => Partial<MultipartUploads>,
): StorageSubject {
  const multipart = overridden(subject.storage.multipart, change(subject.storage.multipart));
  return { ...subject, storage: overridden<VideoStorage>(subject.storage, { multipart }) };
}

const isCode = (error: unknown, code: string) => isVideoStorageError(error) && error.code === code;
const later = (timestamp: string, deltaMs: number) => new Date(Date.parse(timestamp) + deltaMs).toISOString();

/** At least one for each case of the suite. */
export const faultySubjects: readonly FaultySubject[] = [
  {
    fault: 'confirm answers "processing" although nothing has arrived',
    noticedBy: ['confirm/too-early', 'multipart/incomplete', 'abort/before-sending', 'references/replayed'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            if (!isCode(error, 'NOT_UPLOADED') && !isCode(error, 'VIDEO_NOT_FOUND')) throw error;
            const createdAt = new Date(subject.clock.now()).toISOString();
            return { videoId: 'x', backendName: 'memory', status: 'processing', playable: false, createdAt } as const;
          }),
      })),
  },
  {
    fault: 'each confirm answers another revision',
    noticedBy: ['confirm/twice', 'confirm/parallel', 'multipart/parallel'],
    spoil: (subject) => {
      let count = 0;
      return withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) => {
          count += 1;
          const revision = String(count);
          return { ...(await storage.confirmUpload(reference, options)), revision };
        },
      }));
    },
  },
  {
    fault: 'a form that is sent again replaces what was confirmed',
    noticedBy: ['confirm/sent-again'],
    spoil: (subject) => {
      const replaced = new Map<string, Uint8Array>();
      const confirmed = new Set<string>();
      return {
        ...withCalls(subject, (storage) => ({
          confirmUpload: async (reference, options) => {
            const video = await storage.confirmUpload(reference, options);
            confirmed.add(video.videoId);
            return video;
          },
        })),
        send: async (ticket, bytes, mimeType) => {
          if (confirmed.has(ticket.videoId)) replaced.set(ticket.videoId, bytes);
          else await subject.send?.(ticket, bytes, mimeType);
        },
        play: async (playback) => {
          const { status, bytes } = await subject.play(playback);
          return { status, bytes: replaced.get(playback.videoId) ?? bytes };
        },
      };
    },
  },
  {
    fault: 'abort does nothing',
    noticedBy: ['abort/after-sending', 'lifecycle/abort-decided', 'multipart/abort'],
    spoil: (subject) =>
      withCalls(subject, () => ({
        abortUpload: async () => {},
      })),
  },
  {
    fault: 'abort deletes whatever the upload has become',
    noticedBy: ['lifecycle/abort-confirmed', 'lifecycle/confirm-beside-abort'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        abortUpload: async (reference, options) => {
          const video = await storage.confirmUpload(reference, options).catch(() => undefined);
          await storage.abortUpload(reference, options);
          if (video !== undefined) await storage.deleteVideo(video.videoId);
        },
      })),
  },
  {
    fault: 'abort releases every upload of the user',
    noticedBy: ['abort/only-that'],
    spoil: (subject) => {
      const references: string[] = [];
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          references.push(ticket.uploadReference);
          return ticket;
        },
        abortUpload: async (_reference, options) => {
          for (const reference of references) await storage.abortUpload(reference, options);
        },
      }));
    },
  },
  {
    fault: 'abort refuses a reference that has expired',
    noticedBy: ['references/expired'],
    spoil: (subject) => {
      const startMs = subject.clock.now();
      return withCalls(subject, (storage) => ({
        abortUpload: (reference, options) =>
          subject.clock.now() - startMs > 40 * 3_600_000
            ? Promise.reject(new UploadExpiredError())
            : storage.abortUpload(reference, options),
      }));
    },
  },
  {
    fault: 'what has arrived is a video at once',
    noticedBy: ['lifecycle/unconfirmed', 'lifecycle/unconfirmed-bytes'],
    spoil: (subject) => ({
      ...subject,
      send: async (ticket, bytes, mimeType) => {
        await subject.send?.(ticket, bytes, mimeType);
        await subject.storage.confirmUpload(ticket.uploadReference, { userId: 'student-ümlaut-1' });
      },
    }),
  },
  {
    fault: 'a refusal is forgotten: the next confirm says that nothing has arrived',
    noticedBy: ['lifecycle/refusal-repeated'],
    spoil: (subject) => {
      const refused = new Set<string>();
      return withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) => {
          if (refused.has(reference)) throw new NotUploadedError();
          return storage.confirmUpload(reference, options).catch((error: unknown) => {
            refused.add(reference);
            throw error;
          });
        },
      }));
    },
  },
  {
    fault: 'a deleted video comes back with its old reference',
    noticedBy: ['lifecycle/deleted-replay', 'lifecycle/confirm-beside-delete', 'delete/gone', 'delete/pending'],
    spoil: (subject) => {
      const known = new Map<string, VideoMetadata>();
      const recall = (videoId: string): VideoMetadata => {
        const createdAt = new Date(subject.clock.now()).toISOString();
        return known.get(videoId) ?? { videoId, backendName: 'memory', status: 'ready', playable: true, createdAt };
      };
      return withCalls(subject, (storage) => ({
        deleteVideo: async (videoId, options) => {
          known.set(videoId, recall(videoId));
          return storage.deleteVideo(videoId, options);
        },
        videoExists: async (videoId, options) => known.has(videoId) || storage.videoExists(videoId, options),
        confirmUpload: async (reference, options) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            const [deleted] = known.values();
            if (deleted === undefined) throw error;
            return deleted;
          }),
      }));
    },
  },
  {
    fault: 'an upload id can be used again after a delete',
    noticedBy: ['lifecycle/id-used-once'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) =>
          storage
            .getUploadUrl(request, options)
            .catch(() => storage.getUploadUrl({ ...request, uploadId: undefined }, options)),
      })),
  },
  {
    fault: 'a context is invented where none was given',
    noticedBy: ['lifecycle/no-context', 'round-trip/bare'],
    spoil: (subject) =>
      withMetadata(subject, (video) => ({ ...video, contextId: video.contextId ?? 'none', custom: { made: 'up' } })),
  },
  {
    fault: 'the grant carries the name of the file',
    noticedBy: ['lifecycle/personal'],
    spoil: (subject) =>
      withPlayback(subject, (playback) => ({ ...playback, posterUrl: 'https://memory.invalid/name-canary.mp4.jpg' })),
  },
  {
    fault: 'the cursor of a page is forgotten',
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
    fault: 'every listing has a next page',
    noticedBy: ['list/empty', 'validation/all-problems'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        listVideos: async (options) => ({ cursor: 'before-1', ...(await storage.listVideos(options)) }),
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
    fault: 'the sweep does nothing',
    noticedBy: ['maintenance/frees', 'maintenance/limit', 'maintenance/limit-invalid'],
    spoil: (subject) =>
      withCalls(subject, () => ({
        maintenance: {
          sweep: async () => ({
            ...{ examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false },
          }),
        },
      })),
  },
  {
    fault: 'the sweep frees uploads that can still be confirmed',
    noticedBy: ['maintenance/keeps-young'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        maintenance: {
          sweep: async (options) => {
            subject.clock.advance(48 * 3_600_000);
            return storage.maintenance?.sweep(options) ?? Promise.reject(new ConflictError('No sweep.'));
          },
        },
      })),
  },
  {
    fault: 'whatever arrives is accepted as declared',
    noticedBy: [
      'mismatch/empty',
      'mismatch/larger',
      'mismatch/smaller',
      'mismatch/type',
      'mismatch/duration',
      'multipart/larger',
    ],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            if (isCode(error, 'NOT_UPLOADED') || isCode(error, 'VIDEO_NOT_FOUND')) throw error;
            const createdAt = new Date(subject.clock.now()).toISOString();
            return { videoId: 'x', backendName: 'memory', status: 'ready', playable: true, createdAt } as const;
          }),
      })),
  },
  {
    fault: 'parts are joined in reverse order of the numbers that were asked for',
    noticedBy: ['multipart/round-trip'],
    spoil: (subject) =>
      withMultipart(subject, (multipart) => ({
        listParts: async (reference, options) => [...(await multipart.listParts(reference, options))].slice(1),
      })),
  },
  {
    fault: 'any number of parts is signed',
    noticedBy: ['multipart/limits'],
    spoil: (subject) =>
      withMultipart(subject, (multipart) => ({
        signParts: (reference, numbers, options) =>
          multipart
            .signParts(reference, numbers.filter((number) => number >= 1 && number <= 3).slice(0, 100), options)
            .catch(() => multipart.signParts(reference, [1], options)),
      })),
  },
  {
    fault: 'an outage looks like "no parts"',
    noticedBy: ['multipart/faults'],
    spoil: (subject) =>
      withMultipart(subject, (multipart) => ({
        listParts: (reference, options) =>
          multipart.listParts(reference, options).catch((error: unknown) => {
            if (isVideoStorageError(error) && error.code.startsWith('BACKEND_')) return [];
            throw error;
          }),
      })),
  },
  {
    fault: 'parts are shown to every user',
    noticedBy: ['multipart/foreign-user'],
    spoil: (subject) =>
      withMultipart(subject, (multipart) => ({
        listParts: (reference, options) => multipart.listParts(reference, { ...options, userId: 'student-ümlaut-1' }),
      })),
  },
  {
    fault: 'every grant lives an hour, whatever was asked for',
    noticedBy: ['playback/lifetime', 'playback/expired'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, options = {}) =>
          storage.getPlaybackUrl(videoId, { ...options, expiresInSeconds: 3600 }),
      })),
  },
  {
    fault: 'conditions of a grant are dropped without a word',
    noticedBy: ['playback/not-before', 'playback/ip-range', 'playback/options', 'playback/kind'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: (videoId, { signal, viewer } = {}) =>
          storage.getPlaybackUrl(videoId === 'a-video' ? `${'0'.repeat(32)}-mp4` : videoId, { signal, viewer }),
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
  {
    fault: 'the user of a reference is not compared',
    noticedBy: ['references/foreign-user', 'references/no-user'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) => storage.confirmUpload(reference, asOwner(options)),
        abortUpload: (reference, options) => storage.abortUpload(reference, asOwner(options)),
      })),
  },
  {
    fault: 'a reference is recognised by its length alone',
    noticedBy: ['references/forged', 'references/rewritten'],
    spoil: (subject) => {
      const issued: string[] = [];
      const recognise = (given: unknown) =>
        issued.find((reference) => typeof given === 'string' && Math.abs(reference.length - given.length) < 200) ??
        String(given);
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          issued.push(ticket.uploadReference);
          return ticket;
        },
        confirmUpload: (reference, options) => storage.confirmUpload(recognise(reference), asOwner(options)),
        abortUpload: (reference, options) => storage.abortUpload(recognise(reference), asOwner(options)),
      }));
    },
  },
  {
    fault: 'one reference stands for every upload of a user',
    noticedBy: ['references/own-upload', 'round-trip/own-video'],
    spoil: (subject) => {
      let first: string | undefined;
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          first ??= ticket.uploadReference;
          return { ...ticket, uploadReference: first };
        },
      }));
    },
  },
  {
    fault: 'bytes are accepted after the end of the ticket',
    noticedBy: ['references/late-sending'],
    spoil: (subject) => ({
      ...subject,
      send: async (ticket, bytes, mimeType) => {
        const lateMs = subject.clock.now() - Date.parse(ticket.expiresAt);
        if (lateMs >= 0) return;
        await subject.send?.(ticket, bytes, mimeType);
      },
    }),
  },
  {
    fault: 'a reference ends with its ticket',
    noticedBy: ['references/late-confirm'],
    spoil: (subject) => {
      const ends = new Map<string, string>();
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          ends.set(ticket.uploadReference, ticket.expiresAt);
          return ticket;
        },
        confirmUpload: (reference, options) =>
          subject.clock.now() > Date.parse(ends.get(reference) ?? later('2100-01-01T00:00:00.000Z', 0))
            ? Promise.reject(new UploadExpiredError())
            : storage.confirmUpload(reference, options),
      }));
    },
  },
  {
    fault: 'every id exists',
    noticedBy: ['exists/unknown', 'exists/malformed'],
    spoil: (subject) => withCalls(subject, () => ({ videoExists: async () => true })),
  },
  {
    fault: 'deleting what is not there is an error',
    noticedBy: ['delete/twice'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        deleteVideo: async (videoId, options) => {
          if (!(await storage.videoExists(videoId, options))) throw new VideoNotFoundError();
          return storage.deleteVideo(videoId, options);
        },
      })),
  },
  {
    fault: 'deleting one video deletes all',
    noticedBy: ['delete/only-that'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        deleteVideo: async (videoId, options) => {
          for (const video of (await storage.listVideos()).videos) await storage.deleteVideo(video.videoId);
          return storage.deleteVideo(videoId, options);
        },
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
    fault: 'all videos deliver the bytes of the first one',
    noticedBy: ['round-trip/own-bytes'],
    spoil: (subject) => {
      let first: { readonly status: number; readonly bytes: Uint8Array } | undefined;
      return {
        ...subject,
        send: async (ticket, bytes, mimeType) => {
          first ??= { status: 200, bytes };
          await subject.send?.(ticket, bytes, mimeType);
        },
        play: async (playback) => first ?? subject.play(playback),
      };
    },
  },
  {
    fault: 'nothing is delivered',
    noticedBy: ['round-trip/plays'],
    spoil: (subject) => ({ ...subject, play: async () => ({ status: 404, bytes: new Uint8Array() }) }),
  },
  {
    fault: 'a ticket lives two days and shows the state of the backend',
    noticedBy: ['round-trip/ticket'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const ticket = await storage.getUploadUrl(request, options);
          return { ...ticket, expiresAt: later(ticket.expiresAt, 48 * 3_600_000) };
        },
      })),
  },
  {
    fault: 'an upload id is ignored',
    noticedBy: ['round-trip/same-upload-id'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) => storage.getUploadUrl({ ...request, uploadId: undefined }, options),
      })),
  },
  {
    fault: 'metadata names another size and user',
    noticedBy: ['round-trip/metadata', 'round-trip/each-step'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, sizeBytes: 7, userId: 'another' })),
  },
  {
    fault: 'metadata holds what JSON cannot',
    noticedBy: ['round-trip/json'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, durationSeconds: Number.NaN })),
  },
  {
    fault: 'errors and metadata show the upload reference',
    noticedBy: ['secrets/errors', 'secrets/answers'],
    spoil: (subject) => {
      let reference = '';
      const shown = overridden<VideoStorage>(subject.storage, {
        getUploadUrl: async (request, options) => {
          const ticket = await subject.storage.getUploadUrl(request, options);
          reference = ticket.uploadReference;
          return ticket;
        },
        listVideos: async (options) => {
          const page = await subject.storage.listVideos(options).catch((error: unknown) => {
            throw Object.assign(new BackendError('BACKEND_UNAVAILABLE', 'Failed.'), { reference, cause: error });
          });
          return { ...page, videos: page.videos.map((video) => ({ ...video, revision: reference })) };
        },
      });
      return { ...subject, storage: shown };
    },
  },
  {
    fault: 'webhooks are believed unseen',
    noticedBy: [
      ...['webhooks/unsigned', 'webhooks/tampered', 'webhooks/redated', 'webhooks/early', 'webhooks/old'],
      'webhooks/genuine',
    ],
    spoil: (subject) => ({
      ...subject,
      storage: overridden<VideoStorage>(subject.storage, {
        webhooks: { parse: async () => [{ eventKey: crypto.randomUUID(), videoId: 'x' }] },
      }),
    }),
  },
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
    fault: 'a fault of the provider is an answer: not there, nothing to do',
    noticedBy: faultCases('once', 'always'),
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        videoExists: (videoId, options) =>
          // No retry and no error: the first failure is taken for an absence.
          storage.videoExists(videoId, { ...options, timeoutMs: 1 }).catch(() => false),
        listVideos: (options) => storage.listVideos({ ...options, timeoutMs: 1 }).catch(() => ({ videos: [] })),
      })),
  },
  {
    fault: 'a grant asks the provider first',
    noticedBy: faultCases('playback'),
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getPlaybackUrl: async (videoId, options) => {
          await storage.getVideoMetadata(videoId, options);
          return storage.getPlaybackUrl(videoId, options);
        },
      })),
  },
  {
    fault: 'a refused file is refused with an error of another code',
    noticedBy: ['mismatch/smaller'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference: string, options: ConfirmOptions) =>
          storage.confirmUpload(reference, options).catch((error: unknown) => {
            throw error instanceof ContentMismatchError ? new ConflictError('Something else.') : error;
          }),
      })),
  },
];

/** The same case for each fault of a provider. */
function faultCases(...names: readonly string[]): readonly string[] {
  const faults = ['server-error', 'throttled', 'reset', 'bad-response'];
  return names.flatMap((name) => faults.map((fault) => `fault/${fault}/${name}`));
}

/** Takes every caller for the user to whom the upload belongs. */
function asOwner<T extends UploadCallOptions>(options: T): T {
  return { ...options, userId: 'student-ümlaut-1' };
}
