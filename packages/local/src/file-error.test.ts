import { BackendError } from '@videostorage/core';
import { expect, test } from 'vitest';
import {
  isExisting,
  isFull,
  isLinkRefused,
  isMissing,
  isOtherKind,
  toBackendError,
  withFileErrors,
} from './file-error.ts';

const failed = (code: unknown, syscall: object = { syscall: 'open' }) =>
  Object.assign(new Error(`${code}: /secret/path`), { code }, syscall);

test.each([
  ...['ENOSPC', 'EDQUOT', 'EFBIG'].map(
    (code) => [code, 'BACKEND_FULL', 'The disk is full; free space on it.'] as const,
  ),
  ...['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'ENOMEM'].map(
    (code) =>
      [code, 'BACKEND_THROTTLED', 'The computer has too many files open; raise its limit of open files.'] as const,
  ),
  ...['EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].map(
    (code) =>
      [
        code,
        'BACKEND_REFUSED',
        'The operating system refused access to the storage folder; check its owner and permissions.',
      ] as const,
  ),
  ...['EIO', 'ENOENT', 'EEXIST'].map(
    (code) =>
      [
        code,
        'BACKEND_UNAVAILABLE',
        'A file operation failed; its `cause` has the error code of the operating system.',
      ] as const,
  ),
])('%s is %s: %s', async (systemCode, code, message) => {
  const cause = failed(systemCode);
  const made = toBackendError(cause);
  expect(made).toBeInstanceOf(BackendError);
  expect(made).toMatchObject({ code, message, cause });
  await expect(withFileErrors(() => Promise.reject(cause))).rejects.toMatchObject({ code, message });
});

test('an error that is not a failed file operation is returned unchanged', async () => {
  const own = new BackendError('BACKEND_FULL', 'Full.');
  for (const error of [own, failed('ENOENT', {}), failed(7), { code: 'ENOENT', syscall: 'open' }, 'ENOENT', null]) {
    expect(toBackendError(error)).toBe(error);
    expect([isMissing(error), isFull(error), isExisting(error), isLinkRefused(error), isOtherKind(error)]).toEqual(
      Array(5).fill(false),
    );
  }
  expect(await withFileErrors(async () => 'done')).toBe('done');
});

test.each([
  [isMissing, ['ENOENT']],
  [isFull, ['ENOSPC', 'EDQUOT', 'EFBIG']],
  [isExisting, ['EEXIST', 'ENOTEMPTY']],
  [isLinkRefused, ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']],
  [isOtherKind, ['EISDIR', 'ENOTDIR']],
])('%o is true for the system’s codes %j alone', (is, codes) => {
  expect(codes.filter((code) => !is(failed(code)))).toEqual([]);
  expect(is(failed('EIO'))).toBe(false);
});
