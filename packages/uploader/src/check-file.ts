import { type UploadRequestBody, ValidationError } from '@videostorage/core';
import { fileFingerprint } from './memory/file-fingerprint.ts';
import { probeMedia } from './page/probe-media.ts';
import type { UploadContext } from './upload-context.ts';
import type { MediaHint } from './upload-handle.ts';
import type { UploadOptions } from './uploader.ts';

/** Stands for the user, whom only the host app knows: a `Validator` needs some user id. */
const USER_ID = 'browser';
/** The browser's measure of the duration may differ from the server's by some frames. */
const TOLERANCE_SECONDS = 1;

/** The facts about a file before a ticket is requested. */
export interface CheckedFile {
  /** Recognises the file at another visit. */
  readonly fingerprint: string;
  /** Facts that the browser's player reports. */
  readonly media: MediaHint;
}

/** The request for a ticket. */
export function requestFor(file: File, { contextId, custom, maxDurationSeconds }: UploadOptions): UploadRequestBody {
  return {
    ...{ fileName: file.name, sizeBytes: file.size, mimeType: file.type },
    ...(contextId !== undefined && { contextId }),
    ...(custom !== undefined && { custom }),
    ...(maxDurationSeconds !== undefined && { maxDurationSeconds }),
  };
}

/**
 * Checks a file before a byte of it is sent.
 * @throws {ValidationError} the validator refuses it, or it is longer than `maxDurationSeconds` @throws {ConflictError} it cannot be read
 */
export async function checkFile(
  file: File,
  options: UploadOptions,
  { validator, clock }: Pick<UploadContext, 'validator' | 'clock'>,
  signal: AbortSignal,
): Promise<CheckedFile> {
  validator?.validateUploadRequest({ ...requestFor(file, options), userId: USER_ID });
  const fingerprint = await fileFingerprint(file);
  const media = await probeMedia(file, clock, signal);
  const { maxDurationSeconds = Number.POSITIVE_INFINITY } = options;
  if ((media.durationSeconds ?? 0) > maxDurationSeconds + TOLERANCE_SECONDS) {
    const message = `The video is longer than the ${maxDurationSeconds} seconds that are allowed.`;
    throw new ValidationError([{ path: 'maxDurationSeconds', code: 'DURATION_INVALID', message }]);
  }
  return { fingerprint, media };
}
