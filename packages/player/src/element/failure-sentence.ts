import { isVideoStorageError } from '@videostorage/core';
import type { PlayerTexts } from './player-texts.ts';

/** The element's own text for why there is no grant: a host app's messages are for its developers. */
export function failureSentence(error: unknown, texts: PlayerTexts): string {
  if (!isVideoStorageError(error)) return texts.unavailable;
  switch (error.code) {
    case 'VIDEO_NOT_FOUND':
    case 'UPLOAD_EXPIRED':
      return texts.notFound;
    case 'UNAUTHENTICATED':
      return texts.signedOut;
    case 'ACCESS_DENIED':
      return texts.denied;
    case 'CONFLICT':
      return texts.processing;
    case 'VALIDATION_FAILED':
      return error.problems.some(({ path }) => path === 'videoId') ? texts.notFound : texts.unplayable;
    default:
      return texts.unavailable;
  }
}
