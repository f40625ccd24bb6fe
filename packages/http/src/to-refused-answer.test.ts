import {
  AccessError,
  BackendError,
  ConfigurationError,
  ConflictError,
  ContentMismatchError,
  ContentUnverifiableError,
  NotUploadedError,
  QuotaExceededError,
  RateLimitedError,
  StoreUnavailableError,
  TimeoutError,
  UploadExpiredError,
  ValidationError,
  VideoNotFoundError,
  WebhookRefusedError,
} from '@videostorage/core';
import { describe, expect, test, vi } from 'vitest';
import { HttpWorld } from '../test-support/http-world.ts';
import { Refusal } from './refusal.ts';
import { errorBodySchema } from './schemas/answer-schemas.ts';
import { toRefusedAnswer } from './to-refused-answer.ts';

const CANARY = 'https://canary-bucket.s3.amazonaws.com/account-1234567890';
const details = { cause: new Error(CANARY), backendName: 'canary', operation: CANARY, providerRequestId: CANARY };

const TABLE: readonly (readonly [Error, number, string, boolean])[] = [
  [
    new ValidationError([{ path: 'sizeBytes', code: 'FILE_EMPTY', message: 'Empty.' }], details),
    422,
    'VALIDATION_FAILED',
    false,
  ],
  [new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'Not a video.' }, details), 422, 'CONTENT_MISMATCH', false],
  [new ContentUnverifiableError(undefined, details), 422, 'CONTENT_UNVERIFIABLE', false],
  [new NotUploadedError(details), 409, 'NOT_UPLOADED', false],
  [new UploadExpiredError(details), 410, 'UPLOAD_EXPIRED', false],
  [new VideoNotFoundError(details), 404, 'VIDEO_NOT_FOUND', false],
  [new ConflictError('Its state.', details), 409, 'CONFLICT', false],
  [new AccessError('UNAUTHENTICATED', details), 401, 'UNAUTHENTICATED', false],
  [new AccessError('ACCESS_DENIED', details), 403, 'ACCESS_DENIED', false],
  [new RateLimitedError({ scope: 'user', limit: 2, retryAfterMs: 1001 }, details), 429, 'RATE_LIMITED', true],
  [new QuotaExceededError('user', details), 403, 'QUOTA_EXCEEDED', false],
  [new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID', details), 401, 'WEBHOOK_SIGNATURE_INVALID', false],
  [new WebhookRefusedError('WEBHOOK_MALFORMED', details), 400, 'WEBHOOK_MALFORMED', false],
  [new BackendError('BACKEND_UNAVAILABLE', CANARY, details), 502, 'BACKEND_UNAVAILABLE', true],
  [new BackendError('BACKEND_THROTTLED', CANARY, details), 503, 'BACKEND_THROTTLED', true],
  [new BackendError('BACKEND_BAD_RESPONSE', CANARY, details), 502, 'BACKEND_BAD_RESPONSE', true],
  [new BackendError('BACKEND_FULL', CANARY, details), 503, 'BACKEND_FULL', false],
  [new BackendError('BACKEND_REFUSED', CANARY, details), 502, 'BACKEND_REFUSED', false],
  [new TimeoutError(CANARY, details), 504, 'TIMEOUT', true],
  [new StoreUnavailableError(CANARY, details), 503, 'STORE_UNAVAILABLE', true],
  [new ConfigurationError(CANARY, details), 500, 'INTERNAL', false],
  [new Error(CANARY), 500, 'INTERNAL', false],
  [Object.assign(new Error(CANARY), { status: 404, code: 'VIDEO_NOT_FOUND' }), 500, 'INTERNAL', false],
  [Object.assign(new Error(CANARY), { isVideoStorageError: true, code: '__proto__' }), 500, 'INTERNAL', false],
  [new Refusal('NOT_FOUND'), 404, 'NOT_FOUND', false],
  [new Refusal('METHOD_NOT_ALLOWED'), 405, 'METHOD_NOT_ALLOWED', false],
  [new Refusal('REQUEST_TIMEOUT'), 408, 'REQUEST_TIMEOUT', true],
  [new Refusal('BODY_TOO_LARGE'), 413, 'BODY_TOO_LARGE', false],
  [new Refusal('HEADERS_TOO_LARGE'), 431, 'HEADERS_TOO_LARGE', false],
  [new Refusal('UNSUPPORTED_MEDIA_TYPE'), 415, 'UNSUPPORTED_MEDIA_TYPE', false],
  [new Refusal('BODY_INVALID'), 400, 'BODY_INVALID', false],
  [new Refusal('ORIGIN_REFUSED'), 403, 'ORIGIN_REFUSED', false],
];

test.each(TABLE)('%s', (error, status, code, retryable) => {
  const answer = toRefusedAnswer(error, 'r-1', 'upload');
  expect([answer.status, answer.body.error]).toMatchObject([status, { code, retryable, requestId: 'r-1' }]);
  errorBodySchema.parse(answer.body);
  const text = JSON.stringify(answer);
  expect(text).not.toContain('canary');
  expect(text).not.toMatch(/stack|\bat .*:\d/);
  expect(answer.body.error.message).toMatch(/^[A-Z].*\.$/);
});

test.each(['a text', undefined, null, 7, { message: CANARY }])(
  '%j, thrown by a host app in JavaScript, is INTERNAL',
  (thrown) => {
    const { status, body } = toRefusedAnswer(thrown, 'r-1', 'upload');
    expect([status, body.error.code]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(body)).not.toContain('canary');
  },
);

describe('Retry-After', () => {
  const after = (error: Error) => toRefusedAnswer(error, 'r', 'upload').headers['Retry-After'];
  test('is rounded up, so that a caller who waits that long is not refused again', () => {
    const limited = (retryAfterMs: number) => new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs });
    expect([1, 999, 1000, 1001, 60_000].map((ms) => after(limited(ms)))).toEqual(['1', '1', '1', '2', '60']);
    expect(after(new BackendError('BACKEND_THROTTLED', 'Slow.', { retryAfterMs: 2500 }))).toBe('3');
    expect(after(new StoreUnavailableError(undefined, { retryAfterMs: 1 }))).toBe('1');
  });
  test('is present only when a wait is known, and only with 429 and 503', () => {
    expect(after(new BackendError('BACKEND_THROTTLED', 'Slow.'))).toBeUndefined();
    expect(after(new BackendError('BACKEND_UNAVAILABLE', 'Down.', { retryAfterMs: 1 }))).toBeUndefined();
  });
});

test('T-H3 an internal failure is logged with its request id, and nothing of it is in the answer', async () => {
  const world = new HttpWorld({
    service: {
      authorize: () => {
        throw new TypeError(`Cannot read properties of ${CANARY}`);
      },
    },
  });
  const answer = await world.ask('POST', '/uploads', world.request());
  const text = await answer.text();
  expect(answer.status).toBe(500);
  expect(text).not.toMatch(/canary|TypeError|\.ts|stack/);
  expect(world.log).toMatchObject([
    {
      ...{ level: 'error', event: 'request.failed', operation: 'getUploadUrl', code: 'INTERNAL' },
      requestId: answer.headers.get('x-request-id'),
    },
  ]);
});

test('a refusal that the caller caused is not logged, an outage of the storage is', async () => {
  const world = new HttpWorld();
  await world.ask('GET', '/videos/x');
  await world.ask('POST', '/uploads', '{');
  expect(world.log).toEqual([]);
  world.storage.provider.failNext('server-error');
  const answer = await world.ask('POST', '/uploads', world.request());
  expect(answer.status).toBe(502);
  expect(world.log).toMatchObject([{ level: 'warn', event: 'request.failed', code: 'BACKEND_UNAVAILABLE' }]);
});

test('a defect is logged, also when the caller has disconnected meanwhile', async () => {
  const controller = new AbortController();
  const world = new HttpWorld({
    service: {
      authorize: async () => {
        controller.abort(new Error('gone'));
        throw new TypeError('Cannot read properties of undefined');
      },
    },
  });
  const headers = { 'x-user': 'ada' };
  const request = new Request('https://school.example/api/video/videos', { headers, signal: controller.signal });
  expect((await world.routes.fetch(request)).status).toBe(500);
  expect(world.log).toMatchObject([{ level: 'error', event: 'request.failed', code: 'INTERNAL' }]);
});

test('the id of a request reaches the service, whose log records have it', async () => {
  const world = new HttpWorld();
  const { videoId } = await world.readyVideo();
  const get = vi.spyOn(world.service, 'getVideo');
  const answer = await world.ask('GET', `/videos/${videoId}`);
  const requestId = answer.headers.get('x-request-id');
  expect(get).toHaveBeenCalledExactlyOnceWith(expect.anything(), videoId, expect.objectContaining({ requestId }));
});

test('an abort of the caller is neither logged nor answered', async () => {
  const controller = new AbortController();
  const world = new HttpWorld({
    service: {
      authorize: async () => {
        controller.abort(new Error('gone'));
        return true;
      },
    },
  });
  const body = JSON.stringify(world.request());
  const headers = { 'x-user': 'ada', 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body, signal: controller.signal };
  const answer = await world.routes.fetch(new Request('https://school.example/api/video/uploads', init));
  expect(answer.status).toBe(499);
  expect(world.log).toEqual([]);
});
