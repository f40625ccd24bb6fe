import { expect, test } from 'vitest';
import { storageAnswerError } from './storage-answer-error.ts';

const answer = (status: number, text = '', headers: Readonly<Record<string, string>> = {}) => ({
  status,
  text,
  header: (name: string) => headers[name] ?? null,
});

test.each([408, 425, 500, 501, 502, 504, 505, 507, 511, 520, 525, 599])('%i is temporary', (status) => {
  expect(storageAnswerError(answer(status))).toMatchObject({
    ...{ code: 'BACKEND_UNAVAILABLE', retryable: true, status, message: `The storage answered ${status}.` },
  });
});

test.each([429, 503])('%i is temporary: the storage is busy', (status) => {
  expect(storageAnswerError(answer(status))).toMatchObject({
    ...{ code: 'BACKEND_THROTTLED', retryable: true, status, message: 'The storage is busy.' },
  });
});

test.each([300, 304, 400, 401, 403, 404, 409, 410, 411, 412, 413, 415, 423, 499])('%i is final', (status) => {
  expect(storageAnswerError(answer(status))).toMatchObject({
    ...{ code: 'BACKEND_REFUSED', retryable: false, status, message: `The storage did not take the file (${status}).` },
  });
});

test('409, 413 and 423 are temporary for tus only', () => {
  for (const status of [409, 413, 423])
    expect(storageAnswerError(answer(status), true)).toMatchObject({ retryable: true });
  for (const status of [403, 404, 410])
    expect(storageAnswerError(answer(status), true)).toMatchObject({ retryable: false });
});

test('S3’s RequestTimeout is temporary, with status 400 only', () => {
  const body = '<Error><Code>RequestTimeout</Code></Error>';
  expect(storageAnswerError(answer(400, body))).toMatchObject({ retryable: true });
  expect(storageAnswerError(answer(403, body))).toMatchObject({ retryable: false });
  expect(storageAnswerError(answer(400, '<Error><Code>EntityTooLarge</Code></Error>'))).toMatchObject({
    retryable: false,
  });
});

test('Retry-After is passed on', () => {
  for (const status of [429, 503, 500]) {
    expect(storageAnswerError(answer(status, '', { 'Retry-After': '7' }))).toMatchObject({ retryAfterMs: 7000 });
  }
});
