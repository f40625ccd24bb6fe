import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../contract/error-code.ts';
import { BackendError, ConfigurationError, StoreUnavailableError, TimeoutError } from './backend-errors.ts';
import { isVideoStorageError } from './is-video-storage-error.ts';
import { recordAttempts } from './record-attempts.ts';
import { recordOrigin } from './record-origin.ts';
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
  WebhookRefusedError,
} from './request-errors.ts';
import type { VideoStorageError } from './video-storage-error.ts';

const problems = [{ path: 'sizeBytes', code: 'FILE_EMPTY', message: 'The file is empty.' }] as const;
const NAME_EMPTY = { path: 'fileName', code: 'FILE_NAME_INVALID', message: 'The name is empty.' } as const;
const failure = { code: 'NOT_A_VIDEO', message: 'This is not a video.' } as const;
const details = { cause: new Error('cause-canary'), operation: 'confirmUpload', providerRequestId: 'ray-1' };

/** Each code once, with whether the same call may succeed later. */
const table: readonly [ErrorCode, boolean, VideoStorageError][] = [
  ['CONTENT_UNVERIFIABLE', false, new ContentUnverifiableError(undefined, details)],
  ['VALIDATION_FAILED', false, new ValidationError(problems, details)],
  ['CONTENT_MISMATCH', false, new ContentMismatchError(failure, details)],
  ['NOT_UPLOADED', false, new NotUploadedError(details)],
  ['UPLOAD_EXPIRED', false, new UploadExpiredError(details)],
  ['VIDEO_NOT_FOUND', false, new VideoNotFoundError(details)],
  ['CONFLICT', false, new ConflictError('It is being deleted.', details)],
  ['UNAUTHENTICATED', false, new AccessError('UNAUTHENTICATED', details)],
  ['ACCESS_DENIED', false, new AccessError('ACCESS_DENIED', details)],
  ['RATE_LIMITED', true, new RateLimitedError({ scope: 'user', limit: 2, retryAfterMs: 1001 }, details)],
  ['QUOTA_EXCEEDED', false, new QuotaExceededError('tenant', details)],
  ['WEBHOOK_SIGNATURE_INVALID', false, new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID', details)],
  ['WEBHOOK_MALFORMED', false, new WebhookRefusedError('WEBHOOK_MALFORMED', details)],
  ['BACKEND_UNAVAILABLE', true, new BackendError('BACKEND_UNAVAILABLE', 'Down.', { ...details, status: 503 })],
  ['BACKEND_THROTTLED', true, new BackendError('BACKEND_THROTTLED', 'Slow.', { ...details, retryAfterMs: 5 })],
  ['BACKEND_BAD_RESPONSE', true, new BackendError('BACKEND_BAD_RESPONSE', 'Unreadable.', details)],
  ['BACKEND_REFUSED', false, new BackendError('BACKEND_REFUSED', 'No.', details)],
  ['BACKEND_FULL', false, new BackendError('BACKEND_FULL', 'Full.', details)],
  ['TIMEOUT', true, new TimeoutError(undefined, details)],
  ['STORE_UNAVAILABLE', true, new StoreUnavailableError(undefined, details)],
  ['MISCONFIGURED', false, new ConfigurationError('Set `folder`.', details)],
];

describe.each(table)('%s', (code, retryable, error) => {
  test('has brand, code, literal name and a message', () => {
    expect(isVideoStorageError(error)).toBe(true);
    expect(error).toMatchObject({ code, retryable, operation: 'confirmUpload', providerRequestId: 'ray-1' });
    expect(error.name).toMatch(/^[A-Z][A-Za-z]+Error$/);
    expect(inspect(error)).toContain(error.name);
    expect(error.message).toMatch(/^[A-Z].+\.$/);
  });

  test('T-H2: its JSON has code, message, retryable, retryAfterMs and problems; nothing else', () => {
    const json = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
    const allowed = ['code', 'message', 'retryable', 'retryAfterMs', 'problems'];
    expect(Object.keys(json).filter((key) => !allowed.includes(key))).toEqual([]);
    expect(json).toMatchObject({ code, retryable, message: error.message });
    expect(JSON.stringify(json)).not.toContain('canary');
  });
});

describe('isVideoStorageError', () => {
  test('recognises an error of another copy of the package by its brand, and no value that only looks like one', () => {
    const foreign = Object.assign(new Error('x'), { isVideoStorageError: true, code: 'TIMEOUT' });
    expect(isVideoStorageError(foreign)).toBe(true);
    for (const value of [undefined, null, 'TIMEOUT', { isVideoStorageError: true }, new Error('x')]) {
      expect(isVideoStorageError(value)).toBe(false);
    }
  });
});

test('`inspect` shows the attempts that an error records; an outer layer that made more attempts replaces them', () => {
  const error = recordAttempts(new NotUploadedError(), 1, [5]);
  expect(Object.keys(error)).toEqual(expect.arrayContaining(['attempts', 'delaysMs']));
  expect(recordAttempts(error, 3, [5, 7])).toMatchObject({ attempts: 3, delaysMs: [5, 7] });
  expect(recordAttempts(error, 2, [])).toMatchObject({ attempts: 3, delaysMs: [5, 7] });
});

describe('recordOrigin', () => {
  test('`inspect` shows the recorded origin; an upload id only where there is one', () => {
    const error = new NotUploadedError();
    recordOrigin(error, { backendName: 'local', operation: 'getUploadUrl' });
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['backendName', 'operation']));
    expect(error).not.toHaveProperty('uploadId');
  });

  test('records where it happened once, and leaves other values alone', () => {
    const error = new NotUploadedError();
    expect(recordOrigin(error, { backendName: 'local', operation: 'getUploadUrl', uploadId: 'u-1' })).toBe(error);
    recordOrigin(error, { backendName: 'other', operation: 'other', uploadId: 'u-2' });
    expect(error).toMatchObject({ backendName: 'local', operation: 'getUploadUrl', uploadId: 'u-1' });
    const reason = Object.freeze({ gone: true });
    expect(recordOrigin(reason, { backendName: 'local', operation: 'x' })).toBe(reason);
  });
});

test.each<[string, string, VideoStorageError]>([
  ['ValidationError', 'The name is empty. The file is empty.', new ValidationError([NAME_EMPTY, ...problems])],
  ['ValidationError', 'The request is not valid.', new ValidationError([])],
  ['ContentMismatchError', 'This is not a video.', new ContentMismatchError(failure)],
  ['ContentUnverifiableError', 'The content of the file could not be determined.', new ContentUnverifiableError()],
  ['NotUploadedError', 'The file has not arrived yet.', new NotUploadedError()],
  ['UploadExpiredError', 'The time for this upload is over; please start again.', new UploadExpiredError()],
  ['VideoNotFoundError', 'There is no such video.', new VideoNotFoundError()],
  ['ConflictError', 'It is being deleted.', new ConflictError('It is being deleted.')],
  ['AccessError', 'Please sign in.', new AccessError('UNAUTHENTICATED')],
  ['AccessError', 'You may not do this.', new AccessError('ACCESS_DENIED')],
  [
    'QuotaExceededError',
    'The storage quota is used up; please delete something first.',
    new QuotaExceededError('user'),
  ],
  [
    'WebhookRefusedError',
    'The signature of the webhook could not be verified.',
    new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID'),
  ],
  ['WebhookRefusedError', 'The webhook could not be read.', new WebhookRefusedError('WEBHOOK_MALFORMED')],
  ['BackendError', 'It is full.', new BackendError('BACKEND_FULL', 'It is full.')],
  ['TimeoutError', 'The storage did not answer in time.', new TimeoutError()],
  [
    'StoreUnavailableError',
    'The store of records or limits is unavailable; please try again.',
    new StoreUnavailableError(),
  ],
  ['ConfigurationError', 'Set `folder`.', new ConfigurationError('Set `folder`.')],
])('%s says: %s', (name, message, error) => {
  expect([error.name, error.message]).toEqual([name, message]);
  // A member that was not given is absent, so that `inspect` shows only what is known.
  const known = ['isVideoStorageError', 'retryable', 'name', 'code', 'problems', 'failure', 'scope', 'notSent'];
  expect(Object.keys(error).filter((key) => error[key as keyof VideoStorageError] === undefined)).toEqual([]);
  expect(
    Object.getOwnPropertyNames(error)
      .filter((key) => !known.includes(key))
      .sort(),
  ).toEqual(['message', 'stack']);
});

test('a rate limit without a known window has none', () => {
  const full = { scope: 'user', limit: 2, retryAfterMs: 1001 } as const;
  expect(new RateLimitedError(full)).not.toHaveProperty('windowSeconds');
  expect(new RateLimitedError({ ...full, windowSeconds: 60 })).toMatchObject({ ...full, windowSeconds: 60 });
});

test('a quota without a known bound has none', () => {
  expect(new QuotaExceededError('user')).not.toHaveProperty('limit');
  expect(new QuotaExceededError('user', undefined, 0)).toMatchObject({ scope: 'user', limit: 0 });
});

test('a rate limit error says the wait in words, rounded up', () => {
  const refusal = (retryAfterMs: number) => new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs }).message;
  expect(refusal(1001)).toBe('Too many requests; please try again in 2 seconds.');
  expect(refusal(3_599_000)).toBe('Too many requests; please try again in 60 minutes.');
});

test('throttling certainly had no effect; an outage may have had one', () => {
  expect(new BackendError('BACKEND_THROTTLED', 'Slow.').notSent).toBe(true);
  expect(new BackendError('BACKEND_UNAVAILABLE', 'Down.').notSent).toBe(false);
});
