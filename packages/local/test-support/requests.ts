import type { IssuedUpload, UploadRequest, UploadTicket } from '@videostorage/core';

/** A secret of the required length. */
export const SECRET = 'a secret of at least 32 bytes, for tests';

/** A request for a file of this size; what is not given is filled in. */
export function requestFor(bytes: Uint8Array, changes: Partial<UploadRequest> = {}): UploadRequest {
  return {
    userId: 'anna',
    contextId: 'lesson-1',
    fileName: 'film.mp4',
    sizeBytes: bytes.length,
    mimeType: 'video/mp4',
    ...changes,
  };
}

/** Where the bytes of a ticket go. @throws {TypeError} it is no tus ticket */
export function tusUrl(ticket: UploadTicket | IssuedUpload): string {
  if (ticket.protocol !== 'tus') throw new TypeError('It is no tus ticket.');
  return ticket.url;
}
