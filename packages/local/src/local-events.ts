import { isVideoStorageError, type Logger } from '@videostorage/core';
import { toBackendError } from './file-error.ts';
import type { RequestTarget } from './request-target.ts';

/** Events of the HTTP handlers, beside those of the template. */
export class LocalEvents {
  readonly #logger: Logger;

  /** Into this log. */
  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Bytes could not be written. */
  receivingFailed(error: unknown): void {
    this.#logger.log('warn', 'upload.failed', { backendName: 'local', ...describe(error) });
  }

  /** A request was answered with a 5xx. */
  requestFailed(error: unknown, target: RequestTarget): void {
    const fields = { backendName: 'local', ...describe(error) };
    if (target.kind === 'upload') this.#logger.log('error', 'upload.failed', fields);
    else this.#logger.log('error', 'playback.denied', { ...fields, videoId: target.videoId });
  }
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  const ours = toBackendError(error);
  if (isVideoStorageError(ours)) return { code: ours.code, message: ours.message };
  return { code: 'INTERNAL', message: 'An unexpected error.' };
}
