import { type UploadRequestBody, ValidationError } from '@videostorage/core';
import { fileFingerprint } from './memory/file-fingerprint.ts';
import { probeMedia } from './page/probe-media.ts';
import type { UploadContext } from './upload-context.ts';
import type { MediaHint } from './upload-handle.ts';
import type { UploadOptions } from './uploader.ts';

/** Stands for the person, whom the host knows by the session: rules of a `Validator` see it. */
const USER_ID = 'browser';
/** What a browser measures and what a server does may differ by a frame or two. */
const TOLERANCE_SECONDS = 1;

/** What is known of a file before the host is asked. */
export interface CheckedFile {
  /** Recognises it at another visit. */
  readonly fingerprint: string;
  /** What the browser's player says. */
  readonly media: MediaHint;
}

/** What the host is asked for. */
export function requestFor(file: File, { contextId, custom, maxDurationSeconds }: UploadOptions): UploadRequestBody {
  return {
    ...{ fileName: file.name, sizeBytes: file.size, mimeType: file.type },
    ...(contextId !== undefined && { contextId }),
    ...(custom !== undefined && { custom }),
    ...(maxDurationSeconds !== undefined && { maxDurationSeconds }),
  };
}

/**
 * Looks at a file before a byte of it is sent.
 * @throws {ValidationError} the validator refuses it, or it is longer than was asked for @throws {ConflictError} not readable
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
