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
  ...['ENOSPC', 'EDQUOT', 'EFBIG'].map((code) => [code, 'BACKEND_FULL', 'The disk is full.'] as const),
  ...['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'ENOMEM'].map(
    (code) => [code, 'BACKEND_THROTTLED', 'The computer has too many files open.'] as const,
  ),
  ...['EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].map(
    (code) =>
      [code, 'BACKEND_REFUSED', 'The storage folder does not allow this; please check its owner and rights.'] as const,
  ),
  ...['EIO', 'ENOENT', 'EEXIST'].map(
    (code) => [code, 'BACKEND_UNAVAILABLE', 'The disk did not do what was asked.'] as const,
  ),
])('%s is %s: %s', async (systemCode, code, message) => {
  const cause = failed(systemCode);
  const made = toBackendError(cause);
  expect(made).toBeInstanceOf(BackendError);
  expect(made).toMatchObject({ code, message, cause });
  await expect(withFileErrors(() => Promise.reject(cause))).rejects.toMatchObject({ code, message });
});

test('what is no failed file operation stays as it is', async () => {
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
])('%o is asked by the system’s codes %j alone', (is, codes) => {
  expect(codes.filter((code) => !is(failed(code)))).toEqual([]);
  expect(is(failed('EIO'))).toBe(false);
});
