import { BackendError, RetryHandler, StorageCall, TimeoutError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { isOfUnknownOutcome } from './unknown-outcome.ts';

const lost = new BackendError('BACKEND_UNAVAILABLE', 'The answer was lost.');
const notSent = new BackendError('BACKEND_UNAVAILABLE', 'No connection.', { notSent: true });
const throttled = new BackendError('BACKEND_THROTTLED', 'Later.');
const refused = new BackendError('BACKEND_REFUSED', 'No.');

function isUnknown(error: unknown, isWaitedFor = true): boolean {
  const caller = new AbortController();
  const options = { signal: caller.signal, timeoutMs: 60_000 };
  const call = new StorageCall('getUploadUrl', options, new RetryHandler(), () => {});
  try {
    // Reading the signal starts the deadline of the call.
    expect(call.signal.aborted).toBe(false);
    if (!isWaitedFor) caller.abort();
    return isOfUnknownOutcome(error, call);
  } finally {
    call.release();
  }
}

test.each<[string, unknown, boolean]>([
  ['a lost answer', lost, true],
  ['no answer in time', new TimeoutError(), true],
  ['a request that was never sent', notSent, false],
  ['a request that was throttled', throttled, false],
  ['a refusal', refused, false],
  ['an error of the program', new TypeError('bug'), false],
  ['another library’s error', Object.assign(new Error('x'), { retryable: true }), false],
])('%s: whether something was created is unknown → $2', (_name, error, expected) => {
  expect(isUnknown(error)).toBe(expected);
});

test('when the caller no longer waits, it is always unknown', () => {
  for (const error of [lost, notSent, throttled, refused, new TypeError('bug')]) {
    expect(isUnknown(error, false)).toBe(true);
  }
});
