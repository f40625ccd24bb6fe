import { type UploadTicket, VideoNotFoundError } from '@videostorage/core';
import type { MemorySubject } from '../memory-subject.ts';
import { type FaultySubject, isCode, withCalls, withPlayback, withSweep } from './faulty-subject.ts';

const USER = { userId: 'student-ümlaut-1' };

/** Mistakes in what remains of an upload that was refused, cancelled, deleted or abandoned, and in simultaneous calls. */
export const faultyEndings: readonly FaultySubject[] = [
  {
    fault: 'a refused upload begins again when its ticket is used again',
    noticedBy: ['lifecycle/refused-sent-again'],
    spoil: (subject) => {
      const refused = new Set<string>();
      const revived = new Map<string, UploadTicket>();
      return {
        ...withCalls(subject, (storage) => ({
          confirmUpload: (reference, options) =>
            storage
              .confirmUpload(revived.get(reference)?.uploadReference ?? reference, options)
              .catch((error: unknown) => {
                if (isCode(error, 'CONTENT_MISMATCH')) refused.add(reference);
                throw error;
              }),
        })),
        send: async (ticket, bytes, mimeType) => {
          if (!refused.has(ticket.uploadReference)) return subject.send?.(ticket, bytes, mimeType);
          const again = await newTicket(subject, bytes);
          revived.set(ticket.uploadReference, again);
          await subject.send?.(again, bytes, mimeType);
        },
      };
    },
  },
  {
    fault: 'the id of an upload that has ended creates another one',
    noticedBy: ['lifecycle/id-ended'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) =>
          storage.getUploadUrl(request, options).catch((error: unknown) => {
            if (!isCode(error, 'VIDEO_NOT_FOUND')) throw error;
            return storage.getUploadUrl({ ...request, uploadId: undefined }, options);
          }),
      })),
  },
  {
    fault: 'the same id gives the same upload to everyone',
    noticedBy: ['lifecycle/two-users'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        getUploadUrl: (request, options) => storage.getUploadUrl({ ...request, ...USER }, options),
        confirmUpload: (reference, options) => storage.confirmUpload(reference, { ...options, ...USER }),
      })),
  },
  {
    fault: 'bytes that arrive while a confirm runs are served',
    noticedBy: ['lifecycle/confirm-beside-sending'],
    spoil: (subject) => {
      const running = new Set<string>();
      const late = new Map<string, Uint8Array>();
      return {
        ...withCalls(subject, (storage) => ({
          confirmUpload: async (reference, options) => {
            running.add(reference);
            return storage.confirmUpload(reference, options).finally(() => running.delete(reference));
          },
        })),
        send: async (ticket, bytes, mimeType) => {
          if (running.has(ticket.uploadReference)) late.set(ticket.videoId, bytes);
          else await subject.send?.(ticket, bytes, mimeType);
        },
        play: async (playback) => {
          const { status, bytes } = await subject.play(playback);
          return { status, bytes: late.get(playback.videoId) ?? bytes };
        },
      };
    },
  },
  {
    fault: 'a confirm does not notice that the video was deleted while it ran',
    noticedBy: ['lifecycle/confirm-beside-delete'],
    spoil: (subject) => {
      const running = new Set<string>();
      const kept = new Set<string>();
      return withCalls(subject, (storage) => ({
        confirmUpload: async (reference, options) => {
          const video = await storage.confirmUpload(reference, options);
          running.add(video.videoId);
          await new Promise((resolve) => setTimeout(resolve, 10));
          running.delete(video.videoId);
          return video;
        },
        deleteVideo: async (videoId, options) => {
          if (running.has(videoId)) kept.add(videoId);
          return storage.deleteVideo(videoId, options);
        },
        videoExists: async (videoId, options) => kept.has(videoId) || storage.videoExists(videoId, options),
      }));
    },
  },
  {
    fault: 'only a confirmed video is deleted',
    noticedBy: ['delete/unconfirmed'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        deleteVideo: async (videoId, options) =>
          (await storage.videoExists(videoId)) ? storage.deleteVideo(videoId, options) : { purged: true },
      })),
  },
  {
    fault: 'the second of two simultaneous deletes is refused',
    noticedBy: ['delete/twice'],
    spoil: (subject) => {
      const running = new Set<string>();
      return withCalls(subject, (storage) => ({
        deleteVideo: async (videoId, options) => {
          if (running.has(videoId)) throw new VideoNotFoundError();
          running.add(videoId);
          return storage.deleteVideo(videoId, options).finally(() => running.delete(videoId));
        },
      }));
    },
  },
  {
    fault: 'the second of two simultaneous creations of one id is another video',
    noticedBy: ['round-trip/same-upload-id'],
    spoil: (subject) => {
      const running = new Set<string>();
      return withCalls(subject, (storage) => ({
        getUploadUrl: async (request, options) => {
          const { uploadId = '' } = request;
          if (running.has(uploadId)) return storage.getUploadUrl({ ...request, uploadId: undefined }, options);
          running.add(uploadId);
          return storage.getUploadUrl(request, options).finally(() => running.delete(uploadId));
        },
      }));
    },
  },
  {
    fault: 'the grant names the viewer',
    noticedBy: ['lifecycle/personal'],
    spoil: (subject) =>
      withPlayback(subject, (playback, _videoId, { viewer }) => ({
        ...playback,
        posterUrl: `https://memory.invalid/poster?by=${viewer?.role ?? ''}`,
      })),
  },
  {
    fault: 'the file is saved under the name that the uploader gave it',
    noticedBy: ['lifecycle/personal'],
    spoil: (subject) =>
      withPlayback(subject, (playback, _videoId, { downloadable }) =>
        downloadable === true ? { ...playback, downloadUrl: `${playback.url}&name=name-canary.mp4` } : playback,
      ),
  },
  {
    fault: 'the sweep frees uploads in the last quarter of an hour of their reference',
    noticedBy: ['maintenance/keeps-young'],
    spoil: (subject) =>
      withSweep(subject, (maintenance) => ({
        sweep: async (options) => {
          subject.clock.advance(23.25 * 3_600_000);
          return maintenance.sweep(options).finally(() => subject.clock.advance(-23.25 * 3_600_000));
        },
      })),
  },
  {
    fault: 'the sweep skips parts',
    noticedBy: ['maintenance/parts'],
    spoil: (subject) =>
      withSweep(subject, () => ({
        sweep: async () => ({ examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false }),
      })),
  },
  {
    fault: 'an outage looks like nothing to sweep',
    noticedBy: ['maintenance/outage'],
    spoil: (subject) =>
      withSweep(subject, (maintenance) => ({
        sweep: (options) =>
          maintenance.sweep(options).catch(() => {
            return { examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false };
          }),
      })),
  },
];

/** Another upload of the same user for these bytes. */
function newTicket(subject: MemorySubject, bytes: Uint8Array): Promise<UploadTicket> {
  const sizeBytes = bytes.length;
  return subject.storage.getUploadUrl({ ...USER, fileName: 'a.mp4', mimeType: 'video/mp4', sizeBytes });
}
