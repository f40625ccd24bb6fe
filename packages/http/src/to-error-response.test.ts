import { AccessError, BackendError, RateLimitedError } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { toErrorResponse } from './to-error-response.ts';

describe('an error of a host app’s own route', () => {
  test('is answered as the routes answer it', async () => {
    const response = toErrorResponse(new AccessError('ACCESS_DENIED'), 'request-7');
    expect(response.status).toBe(403);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'request-7',
    });
    expect(await response.json()).toEqual({
      error: { code: 'ACCESS_DENIED', message: expect.any(String), retryable: false, requestId: 'request-7' },
    });
  });

  test('has a random request id when none is passed', async () => {
    const [first, second] = [toErrorResponse(new Error('x')), toErrorResponse(new Error('x'))];
    const ids = [first, second].map((response) => response.headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(2);
    expect(await first.json()).toMatchObject({ error: { requestId: ids[0] } });
  });

  test('has the delay before another try', () => {
    const error = new RateLimitedError({ scope: 'user', limit: 2, retryAfterMs: 1001 });
    expect(toErrorResponse(error).headers.get('retry-after')).toBe('2');
  });

  test.each([
    [new Error('secret-canary'), 500],
    ['secret-canary', 500],
    [new BackendError('BACKEND_REFUSED', 'secret-canary'), 502],
  ])('shows no internal details: %s', async (error, status) => {
    const response = toErrorResponse(error);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('secret-canary');
  });
});
