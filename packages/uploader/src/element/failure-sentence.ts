import { isVideoStorageError } from '@videostorage/core';
import type { FailureWords, UploaderTexts } from './uploader-texts.ts';

/** Codes after which the same file would be refused again, so that another attempt is not offered. */
const ABOUT_THE_FILE: ReadonlySet<string> = new Set([
  'VALIDATION_FAILED',
  'CONTENT_MISMATCH',
  'CONTENT_UNVERIFIABLE',
  'ACCESS_DENIED',
]);

/** Whether another attempt with the same file may succeed: after a wait, after signing in, or because the server failed. */
export function mayTryAgain(error: unknown): boolean {
  return !isVideoStorageError(error) || !ABOUT_THE_FILE.has(error.code);
}

/** Why a file was not uploaded, in sentences that name it. */
export function failureSentence(
  error: unknown,
  words: Omit<FailureWords, 'message' | 'retryAfterSeconds'>,
  texts: UploaderTexts,
): string {
  return reasonsOf(error)
    .map(({ codes, message, retryAfterMs }) => {
      const code = codes.find((known) => Object.hasOwn(texts.failures, known)) ?? 'OTHER';
      const say = texts.failures[code] ?? texts.failures.OTHER;
      const wait = retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
      return say({ ...words, message, ...wait });
    })
    .join(' ');
}

/** One problem; the first of its codes that has a text is used. */
interface Reason {
  readonly codes: readonly string[];
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

function reasonsOf(error: unknown): readonly Reason[] {
  if (!isVideoStorageError(error)) return [{ codes: [], message: error instanceof Error ? error.message : `${error}` }];
  const { code, message, retryAfterMs } = error;
  if (error.code === 'VALIDATION_FAILED' && error.problems.length > 0) {
    return error.problems.map((problem) => ({ codes: [problem.code, code], message: problem.message }));
  }
  if (error.code === 'CONTENT_MISMATCH') return [{ codes: [error.failure.code, code], message }];
  return [{ codes: [code], message, retryAfterMs }];
}
