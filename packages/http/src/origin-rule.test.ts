import { describe, expect, test } from 'vitest';
import { HttpWorld, ORIGIN } from '../test-support/http-world.ts';
import { errorBodySchema } from './schemas/answer-schemas.ts';

const FRIEND = 'https://friend.example';
/** The origin of a page inside an app. */
const APP = 'capacitor://localhost';
const world = new HttpWorld({ routes: { allowedOrigins: [FRIEND, APP, 'http://localhost:5173'] } });
const alone = new HttpWorld();

/** 403 only when the origin is refused; otherwise the route's answer for `x`, which does not exist. */
async function statusOf(headers: Readonly<Record<string, string>>, { method = 'DELETE', from = world } = {}) {
  const answer = await from.ask(method, '/videos/x', method === 'PATCH' ? {} : undefined, headers);
  if (answer.status === 403) {
    expect(errorBodySchema.parse(await answer.json()).error.code).toBe('ORIGIN_REFUSED');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  }
  return answer.status;
}

describe('T-L4 a request that changes state', () => {
  test.each([
    'null',
    'https://good.com.evil.com',
    `${FRIEND}.evil.example`,
    'https://friend.example.',
    'https://FRIEND.example',
    'http://friend.example',
    'https://friend.example:444',
    'https://evil-friend.example',
    'https://friend.example, https://friend.example',
    'https://friend.example/',
    'http://localhost',
    'http://localhost:5174',
    'http://school.example',
    'https://school.example:8443',
    'https://school.example.',
    'https://SCHOOL.example',
    '',
    'garbage',
    'file://',
    'capacitor://localhost.evil.example',
    'ionic://localhost',
  ])('is refused from %j', async (origin) => {
    for (const method of ['DELETE', 'PATCH']) expect(await statusOf({ origin }, { method })).toBe(403);
    expect(await statusOf({ origin, 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  test.each([FRIEND, APP, 'http://localhost:5173', ORIGIN])('is carried out from %s', async (origin) => {
    expect(await statusOf({ origin })).toBe(404);
    expect(await statusOf({ origin, 'sec-fetch-site': origin === ORIGIN ? 'same-origin' : 'cross-site' })).toBe(404);
  });

  test('another page of the same site has another origin', async () => {
    expect(await statusOf({ origin: 'https://blog.school.example', 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'garbage' })).toBe(403);
  });

  test('behind a proxy that terminates TLS, `Sec-Fetch-Site` decides', async () => {
    const headers = { 'x-user': 'ada', origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
    const request = new Request('http://10.0.0.7:3000/api/video/videos/x', { method: 'DELETE', headers });
    expect((await alone.routes.fetch(request)).status).toBe(404);
  });

  test('a request that the user starts in the browser itself comes from no other page', async () => {
    expect(await statusOf({ 'sec-fetch-site': 'none' })).toBe(404);
    expect(await statusOf({ 'sec-fetch-site': '' })).toBe(403);
  });

  test('callers without both headers are not browsers', async () => {
    expect(await statusOf({})).toBe(404);
  });

  test('without allowed origins only the host app’s own is allowed', async () => {
    expect(await statusOf({ origin: FRIEND }, { from: alone })).toBe(403);
    expect(await statusOf({ origin: ORIGIN }, { from: alone })).toBe(404);
  });

  test('a refused request does nothing: `actor` is not called, no body is read', async () => {
    const from = new HttpWorld({ routes: { actor: () => expect.unreachable() } });
    expect(await statusOf({ origin: FRIEND }, { from, method: 'PATCH' })).toBe(403);
  });

  test('reading needs no origin, and pages of other origins do not see the answer', async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await world.ask(method, '/health', undefined, { origin: 'https://evil.example' });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, null]);
      expect(answer.headers.get('vary')).toBe('Origin');
    }
  });
});

describe('pages of allowed origins', () => {
  test('may read answers and refusals, with cookies', async () => {
    for (const path of ['/health', '/videos/x', '/nowhere']) {
      const { headers } = await world.ask('GET', path, undefined, { origin: FRIEND });
      expect(headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('a preflight answer lists what is allowed, and needs no session', async () => {
    const answer = await world.ask('OPTIONS', '/videos/x', undefined, {
      'x-user': '',
      origin: FRIEND,
      'access-control-request-method': 'PATCH',
    });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    for (const name of ['access-control-allow-methods', 'allow'])
      expect(answer.headers.get(name)).toBe('GET, HEAD, PATCH, DELETE, OPTIONS');
    expect(answer.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect(answer.headers.get('access-control-allow-origin')).toBe(FRIEND);
  });

  test('may send the host app’s own headers, such as the token of a session', async () => {
    const allowed = async (asked: string) => {
      const headers = { origin: FRIEND, 'access-control-request-headers': asked };
      const answer = await world.ask('OPTIONS', '/uploads', undefined, headers);
      return answer.headers.get('access-control-allow-headers');
    };
    const always = 'Content-Type, Idempotency-Key, Authorization';
    expect(await allowed('')).toBe(always);
    expect(await allowed('content-type,x-csrf-token, x-session')).toBe(
      `${always}, content-type, x-csrf-token, x-session`,
    );
    expect(await allowed(`*/*, a b, x-${'y'.repeat(127)}`)).toBe(always);
  });

  test.each(['https://evil.example', 'null', `${FRIEND}.evil.example`])(
    'preflight of %s is refused',
    async (origin) => {
      for (const from of [world, alone]) {
        const answer = await from.ask('OPTIONS', '/videos/x', undefined, { origin });
        expect(answer.status).toBe(403);
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    },
  );

  test('the answer to a request without an origin has no CORS headers but `Vary: Origin`', async () => {
    const { headers } = await world.ask('GET', '/health');
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([null, 'Origin']);
  });

  test('without allowed origins no answer has `Vary: Origin`', async () => {
    expect((await alone.ask('GET', '/health', undefined, { origin: ORIGIN })).headers.get('vary')).toBeNull();
  });
});
