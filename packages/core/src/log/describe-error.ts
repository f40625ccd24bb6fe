import { isVideoStorageError } from '../errors/is-video-storage-error.ts';
import { logText } from './log-text.ts';
import { scrub } from './scrub.ts';

/** The fields of an event that describe an error. */
export interface ErrorDescription {
  /** One of our codes; the code of a foreign error, for instance `ENOSPC`; else `INTERNAL`. */
  readonly code: string;
  /** Scrubbed, at most 1 024 characters, on one line. */
  readonly message: string;
}

interface ErrorLike {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

const UNKNOWN_CODE = 'INTERNAL';
const MAX_MESSAGE_LENGTH = 1024;
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/**
 * Returns code and scrubbed message of any thrown value; never its stack or its other members. It omits the cause as
 * well, except for a `StoreUnavailableError`: there the message of the cause is appended, since only that tells an
 * operator what is wrong with the store. Never throws.
 */
export function describeError(error: unknown): ErrorDescription {
  try {
    return describe(error);
  } catch {
    // A getter threw, or the value is a revoked proxy.
    return { code: UNKNOWN_CODE, message: 'An error that cannot be read.' };
  }
}

function describe(error: unknown): ErrorDescription {
  const isObject = typeof error === 'object' && error !== null;
  const { code, name, message }: ErrorLike = isObject ? error : { message: error };
  const parts = isVideoStorageError(error) ? [message] : [name, message];
  const sentence = parts.filter((part) => typeof part === 'string' && part !== '').join(': ');
  return {
    code: typeof code === 'string' && CODE.test(code) ? code : UNKNOWN_CODE,
    message: logText(`${sentence || 'An error without a message.'}${reasonOf(error)}`, MAX_MESSAGE_LENGTH, scrub),
  };
}

function reasonOf(error: unknown): string {
  if (!isVideoStorageError(error) || error.code !== 'STORE_UNAVAILABLE') return '';
  return error.cause instanceof Error ? ` Reason: ${error.cause.message}` : '';
}
