import { describe, expect, test } from 'vitest';
import type { ErrorBody } from '../contract/wire.ts';
import { BackendError, StoreUnavailableError, TimeoutError } from './backend-errors.ts';
import { errorFromAnswer } from './error-from-answer.ts';
import {
  AccessError,
  ConflictError,
  ContentMismatchError,
  ContentUnverifiableError,
  NotUploadedError,
  QuotaExceededError,
  RateLimitedError,
  UploadExpiredError,
  ValidationError,
  VideoNotFoundError,
} from './request-errors.ts';
import type { VideoStorageError } from './video-storage-error.ts';

const answer = (body: unknown, status = 400, headers: Readonly<Record<string, string>> = {}) =>
  errorFromAnswer({ status, body, headers: new Headers(headers) }, 'getVideo');
const bodyOf = (error: VideoStorageError): ErrorBody => JSON.parse(JSON.stringify({ error }));

test.each<[VideoStorageError]>([
  [new ValidationError([{ path: 'sizeBytes', code: 'FILE_EMPTY', message: 'The file is empty.' }])],
  [new ContentMismatchError({ code: 'UNKNOWN', message: 'It is longer than it may be.' })],
  [new ContentUnverifiableError('It could not be determined.')],
  [new NotUploadedError()],
  [new UploadExpiredError()],
  [new VideoNotFoundError()],
  [new ConflictError('It is being processed.')],
  [new AccessError('UNAUTHENTICATED')],
  [new AccessError('ACCESS_DENIED')],
  [new RateLimitedError({ scope: 'user', limit: 0, retryAfterMs: 1500 })],
  [new QuotaExceededError('user')],
  [new StoreUnavailableError('It is down.')],
  [new TimeoutError('It took too long.')],
  [new BackendError('BACKEND_UNAVAILABLE', 'It is away.')],
  [new BackendError('BACKEND_THROTTLED', 'It is busy.', { retryAfterMs: 4000 })],
  [new BackendError('BACKEND_BAD_RESPONSE', 'Its answer cannot be read.')],
  [new BackendError('BACKEND_REFUSED', 'It refuses.')],
  [new BackendError('BACKEND_FULL', 'It is full.')],
])('%s arrives as it was thrown', (thrown) => {
  const error = answer(bodyOf(thrown));
  expect(error).toMatchObject({ name: thrown.name, isVideoStorageError: true, operation: 'getVideo' });
  expect(JSON.stringify(error)).toBe(JSON.stringify(thrown));
});

test('inherited members of a body are not read', () => {
  const body: unknown = Object.create({ error: { code: 'VIDEO_NOT_FOUND', message: 'x' } });
  expect(errorFromAnswer({ status: 500, body, headers: new Headers() })).toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});

describe('a rate limit that is reached', () => {
  const body = { error: { code: 'RATE_LIMITED', message: 'Too many.', retryAfterMs: 1500 } };

  test.each(['user', 'context', 'tenant', 'global'])('has its scope, %s, from the policy in the headers', (scope) => {
    const headers = { 'RateLimit-Policy': `"upload-${scope}-3600s";q=20;w=3600` };
    expect(answer(body, 429, headers)).toMatchObject({ scope, limit: 20, windowSeconds: 3600 });
  });

  test.each([undefined, '', '"upload-nobody-3600s";q=20;w=3600'])(
    'with the policy %j has a scope and no window',
    (policy) => {
      const error = answer(body, 429, policy === undefined ? {} : { 'RateLimit-Policy': policy });
      expect(error).toMatchObject({ scope: 'user', limit: 0, retryAfterMs: 1500 });
      expect(error).not.toHaveProperty('windowSeconds');
    },
  );
});

test('what an answer does not carry has a default', () => {
  const of = (code: string, status = 400) => answer({ error: { code, message: 'No.' } }, status);
  expect(of('CONTENT_MISMATCH')).toMatchObject({ failure: { code: 'UNKNOWN', message: 'No.' } });
  expect(of('QUOTA_EXCEEDED')).toMatchObject({ scope: 'user' });
  expect(of('VALIDATION_FAILED')).toMatchObject({ problems: [{ path: '', code: 'RULE', message: 'No.' }] });
  expect(of('REQUEST_TIMEOUT')).toMatchObject({ name: 'TimeoutError', message: 'No.' });
  // The code decides, not the status, by which this would be an outage.
  expect(of('BACKEND_REFUSED', 500)).toMatchObject({ code: 'BACKEND_REFUSED', retryable: false });
});

describe('without an `ErrorBody`', () => {
  test.each([
    [408, 'BACKEND_THROTTLED', true],
    [425, 'BACKEND_THROTTLED', true],
    [429, 'BACKEND_THROTTLED', true],
    [500, 'BACKEND_UNAVAILABLE', true],
    [502, 'BACKEND_UNAVAILABLE', true],
    [503, 'BACKEND_THROTTLED', true],
    [504, 'BACKEND_UNAVAILABLE', true],
    [499, 'BACKEND_REFUSED', false],
    [401, 'BACKEND_REFUSED', false],
    [404, 'BACKEND_REFUSED', false],
    [413, 'BACKEND_REFUSED', false],
  ])('%i is %s', (status, code, retryable) => {
    expect(answer('<html>', status)).toMatchObject({ code, retryable, status });
  });

  test.each([undefined, null, 'text', 7, [], {}, { error: null }, { error: 'no' }, { error: { code: 7 } }])(
    'reading %j does not throw',
    (body) => {
      expect(answer(body, 404)).toMatchObject({ code: 'BACKEND_REFUSED', message: 'The server answered 404.' });
    },
  );

  test('Retry-After is read; `retryAfterMs` in the body takes precedence', () => {
    expect(answer(undefined, 503, { 'Retry-After': '7' })).toMatchObject({ retryAfterMs: 7000 });
    const body = bodyOf(new BackendError('BACKEND_THROTTLED', 'busy', { retryAfterMs: 1200 }));
    expect(answer(body, 503, { 'Retry-After': '2' })).toMatchObject({ retryAfterMs: 1200 });
    expect(answer({ error: { code: 'TIMEOUT', retryAfterMs: -1 } }, 504).retryAfterMs).toBeUndefined();
    const atOnce = { error: { code: 'TIMEOUT', retryAfterMs: 0 } };
    expect(answer(atOnce, 504, { 'Retry-After': '7' }).retryAfterMs).toBe(0);
  });
});

test('malformed problems are dropped, and a very long message is shortened', () => {
  const body = { error: { code: 'VALIDATION_FAILED', message: 'x'.repeat(5000), problems: [7, null, { path: 'a' }] } };
  const error = answer(body, 422);
  expect(error).toMatchObject({ problems: [{ code: 'RULE' }] });
  expect(error.message).toHaveLength(1000);
});
