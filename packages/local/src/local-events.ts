import { isVideoStorageError, type Logger } from '@videostorage/core';
import { toBackendError } from './file-error.ts';
import type { RequestTarget } from './request-target.ts';
import type { UploadRecord } from './upload-record.ts';

/** What this storage tells the log of its own accord, beside what the template tells. */
export class LocalEvents {
  readonly #logger: Logger;

  /** Into this log. */
  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** An upload's time is over; it was removed. */
  uploadExpired({ videoId, userId, contextId }: UploadRecord): void {
    this.#logger.log('info', 'upload.expired', { backendName: 'local', videoId, userId, contextId });
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

  /** Old uploads could not be removed. */
  sweepFailed(error: unknown): void {
    this.#logger.log('error', 'sweep.finished', { backendName: 'local', ...describe(error) });
  }
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  const ours = toBackendError(error);
  if (isVideoStorageError(ours)) return { code: ours.code, message: ours.message };
  return { code: 'INTERNAL', message: 'An unexpected error.' };
}
