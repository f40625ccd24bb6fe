import { ConflictError, NotUploadedError, type VideoMetadata, VideoNotFoundError } from '@videostorage/core';
import { type FaultySubject, isCode, withCalls, withMetadata, withPlayback, withSweep } from './faulty-subject.ts';

/** Mistakes in when a video begins, ends, and is swept. */
export const faultyLifecycles: readonly FaultySubject[] = [
  {
    fault: 'confirm returns "processing" although nothing has arrived',
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
    fault: 'each confirm returns another revision',
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
    fault: 'a form or a part that is sent again replaces what was confirmed',
    noticedBy: ['confirm/sent-again', 'multipart/sent-again'],
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
    fault: 'abort deletes also a confirmed video',
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
    fault: 'an upload that has arrived is a video at once',
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
    fault: 'a refusal is not kept: the next confirm reports that nothing has arrived',
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
    fault: 'a confirm during another one reports that nothing has arrived',
    noticedBy: ['lifecycle/refusal-repeated', 'confirm/parallel', 'multipart/parallel'],
    spoil: (subject) => {
      const busy = new Set<string>();
      return withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) => {
          if (busy.has(reference)) throw new NotUploadedError();
          busy.add(reference);
          return storage.confirmUpload(reference, options).finally(() => busy.delete(reference));
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
    fault: 'the id of a confirmed upload creates another upload',
    noticedBy: ['lifecycle/create-confirmed'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) =>
          storage.getUploadUrl(request, options).catch((error: { readonly code?: string }) => {
            if (error.code !== 'CONFLICT') throw error;
            return storage.getUploadUrl({ ...request, uploadId: undefined }, options);
          }),
      })),
  },
  {
    fault: 'every user learns that an upload id was confirmed',
    noticedBy: ['lifecycle/create-confirmed'],
    spoil: (subject) => {
      const confirmed = new Set<string>();
      return withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) => {
          const video = await storage.confirmUpload(reference, options);
          confirmed.add(video.videoId.slice(0, 32));
          return video;
        },
        getUploadUrl: async (request, options) => {
          if (confirmed.has(request.uploadId ?? '')) throw new ConflictError('It was confirmed.');
          return storage.getUploadUrl(request, options);
        },
      }));
    },
  },
  {
    fault: 'a context is invented when none was given',
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
    fault: 'the answer to a grant contains the context in a header',
    noticedBy: ['lifecycle/personal'],
    spoil: (subject) => ({
      ...subject,
      play: async (playback) => ({
        ...(await subject.play(playback)),
        headers: new Headers({ 'x-amz-meta-context': 'context-canary' }),
      }),
    }),
  },
  ...['"', '":', '": "'].map(
    (before): FaultySubject => ({
      fault: `the answer to a grant contains the context, encoded after ${before} in a header`,
      noticedBy: ['lifecycle/personal'],
      spoil: (subject) => ({
        ...subject,
        play: async (playback) => ({
          ...(await subject.play(playback)),
          headers: new Headers({
            'x-amz-meta-videostorage': Buffer.from(`${before}context-canary"`).toString('base64url'),
          }),
        }),
      }),
    }),
  ),
  {
    fault: 'the sweep does nothing',
    noticedBy: ['maintenance/frees', 'maintenance/limit', 'maintenance/limit-invalid'],
    spoil: (subject) =>
      withSweep(subject, () => ({
        sweep: async () => ({ examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false }),
      })),
  },
  {
    fault: 'a dry run of the sweep frees what it counts',
    noticedBy: ['maintenance/frees'],
    spoil: (subject) =>
      withSweep(subject, (maintenance) => ({
        sweep: (options) => maintenance.sweep({ ...options, dryRun: false }),
      })),
  },
  {
    fault: 'the sweep frees confirmed videos too',
    noticedBy: ['maintenance/frees'],
    spoil: (subject) =>
      withSweep(subject, (maintenance) => ({
        sweep: async (options) => {
          const { videos } = await subject.storage.listVideos();
          if (!options?.dryRun) for (const { videoId } of videos) await subject.storage.deleteVideo(videoId);
          return maintenance.sweep(options);
        },
      })),
  },
  {
    fault: 'the sweep frees uploads that can still be confirmed',
    noticedBy: ['maintenance/keeps-young'],
    spoil: (subject) =>
      withSweep(subject, (maintenance) => ({
        sweep: async (options) => {
          subject.clock.advance(26 * 3_600_000);
          return maintenance.sweep(options);
        },
      })),
  },
  {
    fault: 'every id exists',
    noticedBy: ['exists/unknown', 'exists/malformed'],
    spoil: (subject) => withCalls(subject, () => ({ videoExists: async () => true })),
  },
  {
    fault: 'deleting a video that does not exist is an error',
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
];
