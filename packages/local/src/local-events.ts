import { isVideoStorageError, type Logger } from '@videostorage/core';
import { isMissing, toBackendError } from './file-error.ts';
import type { RequestTarget } from './request-target.ts';

/** Events of the HTTP handlers, beside those of the template. */
export class LocalEvents {
  readonly #logger: Logger;

  /** Writes to this logger. */
  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Bytes could not be written. */
  receivingFailed(error: unknown): void {
    this.#logger.log('warn', 'upload.failed', { backendName: 'local', ...describe(error) });
  }

  /** The bytes of a video could not be read; that it was deleted meanwhile is not a failure. */
  playbackFailed(error: unknown, videoId: string): void {
    if (isMissing(error)) return;
    this.#logger.log('error', 'playback.denied', { backendName: 'local', ...describe(error), videoId });
  }

  /** A request was answered with a 5xx. */
  requestFailed(error: unknown, target: RequestTarget): void {
    if (target.kind === 'video') this.playbackFailed(error, target.videoId);
    else this.#logger.log('error', 'upload.failed', { backendName: 'local', ...describe(error) });
  }
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  const ours = toBackendError(error);
  if (isVideoStorageError(ours)) return { code: ours.code, message: ours.message };
  return { code: 'INTERNAL', message: 'An unexpected error.' };
}
