import { RateLimitedError, RateLimiter, RetryHandler } from '@videostorage/core';
import { expect, test } from 'vitest';
import { HttpWorld, memoryStorage } from '../test-support/http-world.ts';
import { rateLimitHeaders, refusedRateLimitHeaders } from './rate-limit-headers.ts';

const limited = (options: ConstructorParameters<typeof RateLimiter>[0]) =>
  new HttpWorld({
    storage: memoryStorage({ rateLimiter: new RateLimiter(options), retryHandler: new RetryHandler() }),
  });
const headersOf = ({ headers }: Response) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

test('the answer to an upload has the caller’s remaining count, and a refusal the wait', async () => {
  const world = limited({ upload: [{ scope: 'user', limit: 2, windowSeconds: 60 }] });
  const ask = () => world.ask('POST', '/uploads', world.request());
  const first = await ask();
  expect([first.status, ...headersOf(first)]).toEqual([
    201,
    '"upload-user-60s";q=2;w=60',
    '"upload-user-60s";r=1;t=60',
  ]);
  expect(headersOf(await ask())[1]).toBe('"upload-user-60s";r=0;t=60');
  const refused = await ask();
  const [policy, limit] = headersOf(refused);
  const retryAfter = Number(refused.headers.get('retry-after'));
  expect([refused.status, policy, limit]).toEqual([
    429,
    '"upload-user-60s";q=2;w=60',
    `"upload-user-60s";r=0;t=${retryAfter}`,
  ]);
  const body = (await refused.json()) as { error: { retryAfterMs: number } };
  expect(retryAfter * 1000).toBeGreaterThanOrEqual(body.error.retryAfterMs);
  expect(retryAfter).toBeGreaterThan(58);
});

test('playback has its own policy', async () => {
  const world = limited({ upload: [], playback: [{ scope: 'user', limit: 1, windowSeconds: 9 }] });
  const { videoId } = await world.readyVideo();
  const play = () => world.ask('POST', `/videos/${videoId}/playback`);
  expect(headersOf(await play())).toEqual(['"playback-user-9s";q=1;w=9', '"playback-user-9s";r=0;t=9']);
  const refused = await play();
  expect([refused.status, headersOf(refused)[0]]).toEqual([429, '"playback-user-9s";q=1;w=9']);
});

test('counts shared with other users are not reported, unless one refuses the call', async () => {
  const world = limited({ upload: [{ scope: 'global', limit: 1, windowSeconds: 60 }] });
  const ask = (user: string) => world.ask('POST', '/uploads', world.request(), { 'x-user': user });
  expect(headersOf(await ask('ada'))).toEqual([null, null]);
  expect(headersOf(await ask('bob'))[0]).toBe('"upload-global-60s";q=1;w=60');
});

test('of several counts the user’s own is reported, not those of context, tenant and host app', () => {
  const count = { allowed: true, retryAfterMs: 0, limit: 9, remaining: 8, resetMs: 1000, windowSeconds: 60 };
  const scopes = ['context', 'user', 'tenant', 'global'] as const;
  expect(
    rateLimitHeaders(
      'upload',
      scopes.map((scope) => ({ ...count, scope })),
    ),
  ).toEqual({ 'RateLimit-Policy': '"upload-user-60s";q=9;w=60', RateLimit: '"upload-user-60s";r=8;t=1' });
});

test('several rules are in one list; fractions of seconds are rounded up', () => {
  const count = { allowed: true, scope: 'user', retryAfterMs: 0 } as const;
  expect(
    rateLimitHeaders('upload', [
      { ...count, limit: 3, remaining: 2, resetMs: 1, windowSeconds: 0.5 },
      { ...count, limit: 9, remaining: 8, resetMs: 59_001, windowSeconds: 60 },
    ]),
  ).toEqual({
    'RateLimit-Policy': '"upload-user-0.5s";q=3;w=1, "upload-user-60s";q=9;w=60',
    RateLimit: '"upload-user-0.5s";r=2;t=1, "upload-user-60s";r=8;t=60',
  });
  expect(rateLimitHeaders('upload', [])).toBeUndefined();
});

test('a ticket that is returned again is not counted, and has no RateLimit headers', async () => {
  const world = limited({ upload: [{ scope: 'user', limit: 2, windowSeconds: 60 }] });
  const ask = () => world.ask('POST', '/uploads', world.request(), { 'idempotency-key': 'k' });
  expect(headersOf(await ask())[0]).not.toBeNull();
  expect(headersOf(await ask())).toEqual([null, null]);
});

test('a refusal without a known window has no RateLimit header', () => {
  const error = new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs: 5 });
  expect(refusedRateLimitHeaders('upload', error)).toBeUndefined();
});

test('a refusal names the time until the count has room, not the window', () => {
  const error = new RateLimitedError({ scope: 'user', limit: 1, windowSeconds: 60, retryAfterMs: 5001 });
  expect(refusedRateLimitHeaders('upload', error)).toMatchObject({ RateLimit: '"upload-user-60s";r=0;t=6' });
});
