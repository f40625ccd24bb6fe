import type { CallOptions, UploadTicket } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import type { EmulatedSubject } from './subject.ts';

const MEBIBYTE = 1024 * 1024;
const user = { userId: 'student-1' };
const film = { ...user, contextId: 'a', fileName: 'f.mp4', mimeType: 'video/mp4' };
const uploadId = '0123456789abcdef0123456789abcdef';

/** One operation of the storage, from the state that it begins in. */
export interface Operation {
  readonly name: string;
  /** Whether its upload is sent in parts. */
  readonly inParts?: true;
  /** Only the ticket: enough when the first request fails. */
  readonly ticket: (subject: EmulatedSubject) => Promise<UploadTicket>;
  /** Brings the bucket into the state that it begins in. */
  prepare(subject: EmulatedSubject): Promise<UploadTicket>;
  run(subject: EmulatedSubject, ticket: UploadTicket, options: CallOptions): Promise<unknown>;
}

/** A form that is not sent. */
async function created({ storage }: EmulatedSubject): Promise<UploadTicket> {
  const bytes = await fixtures.moovFirst.read();
  return storage.getUploadUrl({ ...film, uploadId, sizeBytes: bytes.length });
}

/** A form that was sent. */
async function sent(subject: EmulatedSubject): Promise<UploadTicket> {
  const ticket = await created(subject);
  await sendTicket(ticket, await fixtures.moovFirst.read(), 'video/mp4');
  return ticket;
}

async function confirmed(subject: EmulatedSubject): Promise<UploadTicket> {
  const ticket = await sent(subject);
  await subject.storage.confirmUpload(ticket.uploadReference, user);
  return ticket;
}

/** An upload in parts that is not sent. */
const begun =
  (sizeBytes: number) =>
  ({ storage }: EmulatedSubject): Promise<UploadTicket> =>
    storage.getUploadUrl({ ...film, uploadId, sizeBytes });

/** An upload in parts of which all have arrived. */
const sentInParts =
  (sizeBytes: number) =>
  async (subject: EmulatedSubject): Promise<UploadTicket> => {
    const ticket = await begun(sizeBytes)(subject);
    const video = await fixtures.moovFirst.read();
    const bytes = Buffer.concat([video, Buffer.alloc(sizeBytes - video.length)]);
    const signParts = (numbers: readonly number[]) =>
      subject.storage.multipart.signParts(ticket.uploadReference, numbers, user);
    await sendTicket(ticket, bytes, 'video/mp4', { signParts });
    return ticket;
  };

const videoIdOf = ({ videoId }: UploadTicket) => videoId;

const noTicket: UploadTicket = {
  protocol: 'multipart',
  videoId: '',
  uploadReference: '',
  expiresAt: '',
  partSizeBytes: 1,
  partCount: 1,
};

/** From so many bytes on, a file is two parts. */
export const TWO_PARTS_BYTES: number = 6 * MEBIBYTE;

/** All operations that send requests to S3 or CloudFront. `partsBytes`: size of a file that is sent in parts. */
export const operationsOver = (partsBytes: number): readonly Operation[] => [
  {
    name: 'getUploadUrl in parts',
    inParts: true,
    ticket: async () => noTicket,
    prepare: async () => noTicket,
    run: async ({ storage }, _ticket, options) => {
      const request = { ...film, uploadId, sizeBytes: partsBytes };
      // S3's own id, inside the reference, differs each time.
      const { uploadReference: _, ...ticket } = await storage.getUploadUrl(request, options);
      return ticket;
    },
  },
  {
    name: 'listParts',
    inParts: true,
    ticket: begun(partsBytes),
    prepare: sentInParts(partsBytes),
    run: ({ storage }, { uploadReference }, options) =>
      storage.multipart.listParts(uploadReference, { ...user, ...options }),
  },
  {
    name: 'confirmUpload',
    ticket: created,
    prepare: sent,
    run: ({ storage }, { uploadReference }, options) => storage.confirmUpload(uploadReference, { ...user, ...options }),
  },
  {
    name: 'confirmUpload in parts',
    inParts: true,
    ticket: begun(partsBytes),
    prepare: sentInParts(partsBytes),
    run: ({ storage }, { uploadReference }, options) => storage.confirmUpload(uploadReference, { ...user, ...options }),
  },
  {
    name: 'abortUpload',
    ticket: created,
    prepare: sent,
    run: ({ storage }, { uploadReference }, options) => storage.abortUpload(uploadReference, { ...user, ...options }),
  },
  {
    name: 'abortUpload in parts',
    inParts: true,
    ticket: begun(partsBytes),
    prepare: sentInParts(partsBytes),
    run: ({ storage }, { uploadReference }, options) => storage.abortUpload(uploadReference, { ...user, ...options }),
  },
  {
    name: 'videoExists',
    ticket: created,
    prepare: confirmed,
    run: ({ storage }, ticket, options) => storage.videoExists(videoIdOf(ticket), options),
  },
  {
    name: 'getVideoMetadata',
    ticket: created,
    prepare: confirmed,
    run: ({ storage }, ticket, options) => storage.getVideoMetadata(videoIdOf(ticket), options),
  },
  {
    name: 'listVideos',
    ticket: created,
    prepare: confirmed,
    run: ({ storage }, _ticket, options) => storage.listVideos(options),
  },
  {
    name: 'deleteVideo',
    ticket: created,
    prepare: confirmed,
    run: ({ storage }, ticket, options) => storage.deleteVideo(videoIdOf(ticket), options),
  },
  {
    name: 'deleteVideos',
    ticket: created,
    prepare: confirmed,
    run: ({ storage }, ticket, options) => storage.deleteVideos([videoIdOf(ticket)], options),
  },
];
