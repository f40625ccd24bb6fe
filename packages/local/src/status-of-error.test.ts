import { BackendError, ConfigurationError, VideoNotFoundError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { statusOf } from './status-of-error.ts';

const system = (code: string) => Object.assign(new Error(code), { code, syscall: 'open' });

test.each([
  ['a full disk', system('ENOSPC'), 507],
  ['rights that are missing', system('EACCES'), 502],
  ['a refusal', new BackendError('BACKEND_REFUSED', 'no'), 502],
  ['too many open files', system('EMFILE'), 503],
  ['a disk that fails', system('EIO'), 503],
  ['a wrong set-up', new ConfigurationError('wrong'), 500],
  ['an error of ours without a status', new VideoNotFoundError(), 503],
  ['an error of the program', new TypeError('wrong'), 500],
  ['a thrown text', 'text', 500],
])('%s', (_name, error, status) => {
  expect(statusOf(error)).toBe(status);
});
