import { BackendError, type BackendErrorCode, isVideoStorageError } from '@videostorage/core';

/** The operating system's codes for a full disk. */
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];
/** Too much at once: a later attempt may succeed. */
const BUSY: readonly string[] = ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'ENOMEM'];
/** Rights and settings: trying again does not help. */
const REFUSED: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'];

/** The operating system's code of a failed file operation, for instance `ENOENT`; undefined for other errors. */
function fileErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the operating system says that nothing has this name. */
export function isMissing(error: unknown): boolean {
  return fileErrorCode(error) === 'ENOENT';
}

/** Whether the operating system says that the disk is full. */
export function isFull(error: unknown): boolean {
  return FULL.includes(fileErrorCode(error) ?? '');
}

/** Whether the operating system says that the name is taken; a folder that is not empty is reported in two ways (POSIX). */
export function isExisting(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY'].includes(fileErrorCode(error) ?? '');
}

/** Whether the file system has no hard links, or refuses this one. */
export function isLinkRefused(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(fileErrorCode(error) ?? '');
}

/** Whether a folder stands where a file was expected, or the other way round. */
export function isOtherKind(error: unknown): boolean {
  return ['EISDIR', 'ENOTDIR'].includes(fileErrorCode(error) ?? '');
}

/** Translates a failed file operation to a `BackendError` without paths; returns every other error unchanged. */
export function toBackendError(error: unknown): unknown {
  if (isVideoStorageError(error)) return error;
  const systemCode = fileErrorCode(error);
  if (systemCode === undefined) return error;
  const code = ourCode(systemCode);
  return new BackendError(code, MESSAGES[code], { cause: error });
}

/** Runs a piece of work and translates its failures. */
export async function withFileErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toBackendError(error);
  }
}

type FileErrorCode = Extract<
  BackendErrorCode,
  'BACKEND_FULL' | 'BACKEND_THROTTLED' | 'BACKEND_REFUSED' | 'BACKEND_UNAVAILABLE'
>;

const MESSAGES: Readonly<Record<FileErrorCode, string>> = {
  BACKEND_FULL: 'The disk is full; free space on it.',
  BACKEND_THROTTLED: 'The computer has too many files open; raise its limit of open files.',
  BACKEND_REFUSED: 'The operating system refused access to the storage folder; check its owner and permissions.',
  BACKEND_UNAVAILABLE: 'A file operation failed; its `cause` has the error code of the operating system.',
};

function ourCode(systemCode: string): FileErrorCode {
  if (FULL.includes(systemCode)) return 'BACKEND_FULL';
  if (BUSY.includes(systemCode)) return 'BACKEND_THROTTLED';
  return REFUSED.includes(systemCode) ? 'BACKEND_REFUSED' : 'BACKEND_UNAVAILABLE';
}
