import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PlaybackWorld } from '../../test-support/playback-world.ts';
import { createPlaybackTransport } from './playback-transport.ts';

let world: PlaybackWorld;
beforeEach(() => {
  world = new PlaybackWorld();
});
afterEach(() => world.dispose());

const ID = '0123456789abcdef0123456789abcdef';
const grant = (over: object = {}) => ({
  ...{ videoId: ID, kind: 'file', url: 'https://cdn.example/a.mp4', access: 'url' },
  sources: [{ kind: 'file', url: 'https://cdn.example/a.mp4', mimeType: 'video/mp4' }],
  ...{ renewAfter: '2026-11-28T10:48:00.000Z', expiresAt: '2026-11-28T11:00:00.000Z' },
  ...over,
});
const answering = (answer: () => Response | Promise<Response>) =>
  createPlaybackTransport('/api/video/', { fetch: async () => answer() });
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

test('calls the route of the host app, and parses its grant', async () => {
  const videoId = await world.readyVideo();
  const playback = await world.transport.getPlaybackUrl(videoId, { kind: 'file' }, {});
  expect(playback).toMatchObject({ videoId, kind: 'file', access: 'url' });
  const { status } = await world.storage.fetch(new Request(playback.url));
  expect(status).toBe(200);
});

test('sends headers that are read before each request, its content type, and the credentials of the options', async () => {
  const send = vi.fn(async () => json(grant()));
  let token = 0;
  const headers = () => {
    token += 1;
    return { Authorization: `Bearer ${token}`, 'Content-Type': 'text/plain' };
  };
  const transport = createPlaybackTransport('https://host.example/v//', {
    fetch: send,
    headers,
    credentials: 'include',
  });
  const { signal } = new AbortController();
  await transport.getPlaybackUrl(ID, {}, { signal });
  await transport.getPlaybackUrl(ID, { kind: 'hls' }, {});
  expect(send.mock.calls).toMatchObject([
    [
      `https://host.example/v/videos/${ID}/playback`,
      {
        ...{ method: 'POST', body: '{}', credentials: 'include', cache: 'no-store', signal },
        headers: { Accept: 'application/json', Authorization: 'Bearer 1', 'Content-Type': 'application/json' },
      },
    ],
    [expect.any(String), { body: '{"kind":"hls"}', headers: { Authorization: 'Bearer 2' } }],
  ]);
});

test('headers may be a method of a class, and keep their `this`', async () => {
  class Options {
    readonly #token = 'a';
    readonly fetch = vi.fn(async (_url: unknown, _init?: RequestInit) => json(grant()));
    async headers() {
      return { Authorization: this.#token };
    }
  }
  const options = new Options();
  await createPlaybackTransport('/api/video', options).getPlaybackUrl(ID, {}, {});
  expect(options.fetch.mock.lastCall?.[1]).toMatchObject({ headers: { Authorization: 'a' } });
});

test('uses the page’s own fetch, as it is at the time of a request', async () => {
  const transport = createPlaybackTransport();
  const send = vi.fn(async () => json(grant()));
  vi.stubGlobal('fetch', send);
  await transport.getPlaybackUrl(ID, {}, {});
  expect(send).toHaveBeenCalledWith(
    `/api/video/videos/${ID}/playback`,
    expect.objectContaining({ credentials: 'same-origin' }),
  );
});

describe('a received grant', () => {
  const read = (body: unknown) => answering(() => json(body)).getPlaybackUrl(ID, {}, {});

  test('keeps known members and drops unknown ones', async () => {
    const track = { kind: 'captions', language: 'en', label: 'English', url: 'https://cdn.example/en.vtt' };
    const [posterUrl, animatedPreviewUrl, downloadUrl] = ['p.jpg', 'p.gif', 'a.mp4'].map(
      (name) => `https://cdn.example/${name}`,
    );
    const known = { posterUrl, animatedPreviewUrl, downloadUrl, textTracks: [track] };
    expect(await read(grant({ ...known, more: 1 }))).toEqual(grant(known));
    const query = { access: 'query', signedQuery: 'Policy=x', scopeUrl: 'https://cdn.example/a/' };
    expect(await read(grant(query))).toMatchObject(query);
    expect(await read(grant({ access: 'cookies', cookies: [{ value: 'secret' }] }))).toEqual(
      grant({ access: 'cookies' }),
    );
  });

  test('has at most twenty sources, a hundred tracks and 16 384 characters in a text', async () => {
    const url = 'x'.repeat(16_384);
    const source = { kind: 'hls', url: 'x', mimeType: 'y' };
    const track = { kind: 'chapters', language: 'en', label: 'x', url: 'x' };
    const grantOf = (sources: number, tracks: number) =>
      grant({
        ...{ kind: 'hls', url, sources: [{ ...source, url }, ...Array(sources - 1).fill(source)] },
        textTracks: Array(tracks).fill(track),
      });
    expect(await read(grantOf(20, 100))).toEqual(grantOf(20, 100));
    await expect(read(grantOf(20, 101))).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test.each([
    null,
    [],
    'text',
    grant({ videoId: 'another' }),
    grant({ sources: [] }),
    grant({ sources: {} }),
    grant({ sources: [{ kind: 'exe', url: 'x', mimeType: 'y' }] }),
    grant({ sources: [{ kind: 'file', url: 7, mimeType: 'y' }] }),
    grant({ sources: [{ kind: 'file', url: 'x'.repeat(16_385), mimeType: 'y' }] }),
    grant({ sources: Array.from({ length: 21 }, () => ({ kind: 'file', url: 'x', mimeType: 'y' })) }),
    grant({ textTracks: [{ kind: 'script', language: 'en', label: 'x', url: 'x' }] }),
    grant({ textTracks: 'x' }),
    grant({ posterUrl: 7 }),
    grant({ animatedPreviewUrl: 7 }),
    grant({ downloadUrl: 7 }),
    grant({ access: 'none' }),
    grant({ access: 'query', scopeUrl: 'x' }),
    grant({ expiresAt: 'soon' }),
    grant({ renewAfter: undefined }),
  ])('is refused when it is not valid: %j', async (body) => {
    await expect(read(body)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE', retryable: true });
  });

  test('is not read beyond a quarter of a megabyte', async () => {
    const around = JSON.stringify(grant({ more: '' })).length;
    const filled = (length: number) => read(grant({ more: 'x'.repeat(length - around) }));
    expect(await filled(262_144)).toEqual(grant());
    await expect(filled(262_145)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });
});

describe('a refusal', () => {
  test('of the routes is the library’s own error', async () => {
    const videoId = await world.readyVideo();
    world.mayWatch = false;
    await expect(world.transport.getPlaybackUrl(videoId, {}, {})).rejects.toMatchObject({ name: 'VideoNotFoundError' });
    world.isSignedIn = false;
    await expect(world.transport.getPlaybackUrl(videoId, {}, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'ACCESS_DENIED'],
    [404, 'BACKEND_REFUSED'],
    [410, 'BACKEND_REFUSED'],
    [500, 'BACKEND_UNAVAILABLE'],
  ])('%i from software before the routes is %s', async (status, code) => {
    const transport = answering(() => new Response('<html>', { status }));
    await expect(transport.getPlaybackUrl(ID, {}, {})).rejects.toMatchObject({ code });
  });

  test('a network failure is an outage; the caller’s own abort reason is thrown', async () => {
    const failing = answering(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(failing.getPlaybackUrl(ID, {}, {})).rejects.toMatchObject({
      ...{ code: 'BACKEND_UNAVAILABLE', retryable: true },
      cause: expect.any(TypeError),
    });
    const reason = new Error('gone');
    const controller = new AbortController();
    controller.abort(reason);
    await expect(failing.getPlaybackUrl(ID, {}, { signal: controller.signal })).rejects.toBe(reason);
    const own = new Error('of the host app’s own fetch');
    await expect(answering(() => Promise.reject(own)).getPlaybackUrl(ID, {}, {})).rejects.toBe(own);
  });
});

test.each([null, 7, new URL('https://host.example/api/video')])(
  'an endpoint that is %s and not text is refused',
  (given) => {
    expect(() => Reflect.apply(createPlaybackTransport, undefined, [given])).toThrow(
      expect.objectContaining({
        code: 'MISCONFIGURED',
        message: expect.stringContaining('`endpoint` must be a path or URL'),
      }),
    );
  },
);
