import { isVideoStorageError } from '@videostorage/core';
import { toBackendError } from './file-error.ts';

/** The HTTP status of a failure while sending or receiving. */
export function statusOf(error: unknown): number {
  const ours = toBackendError(error);
  if (!isVideoStorageError(ours)) return 500;
  switch (ours.code) {
    case 'BACKEND_FULL':
      return 507;
    case 'BACKEND_REFUSED':
      return 502;
    case 'MISCONFIGURED':
      return 500;
    default:
      return 503;
  }
}
