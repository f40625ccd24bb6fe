import { type ConfirmOptions, ConflictError, ContentMismatchError, isVideoStorageError } from '@videostorage/core';
import { type FaultySubject, isCode, later, withCalls, withMetadata, withMultipart } from './faulty-subject.ts';

/** Mistakes in comparing what arrived, joining parts and reporting facts. */
export const faultyContents: readonly FaultySubject[] = [
  {
    fault: 'any bytes that arrive are accepted as declared',
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
    fault: 'content that could not be determined is deleted',
    noticedBy: ['mismatch/duration'],
    spoil: (subject) =>
      withCalls(subject, (storage) => ({
        confirmUpload: (reference, options) =>
          storage.confirmUpload(reference, options).catch(async (error: unknown) => {
            if (isCode(error, 'CONTENT_UNVERIFIABLE')) await storage.abortUpload(reference, options);
            throw error;
          }),
      })),
  },
  {
    fault: 'the list of parts lacks the first one',
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
    fault: 'parts are signed after the end of their ticket',
    noticedBy: ['multipart/expired'],
    spoil: (subject) =>
      withMultipart(subject, (multipart) => ({
        signParts: (reference, numbers, options) =>
          multipart.signParts(reference, numbers, options).catch((error: unknown) => {
            if (isCode(error, 'UPLOAD_EXPIRED')) return [];
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
    fault: 'a ticket is valid for two days and shows the state of the backend',
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
    fault: 'metadata contains a value that JSON cannot express',
    noticedBy: ['round-trip/json'],
    spoil: (subject) => withMetadata(subject, (video) => ({ ...video, durationSeconds: Number.NaN })),
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
