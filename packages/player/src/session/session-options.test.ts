import { BackendError, type Playback } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { describe, expect, test, vi } from 'vitest';
import { createPlaybackSession } from './create-playback-session.ts';
import type { PlaybackSessionOptions } from './playback-session.ts';
import { createPlaybackTransport, type PlaybackTransportOptions } from './playback-transport.ts';

const videoId = '0'.repeat(32);
const broken: object = { now: () => Number.NaN, sleep: async () => undefined };
const transport = { getPlaybackUrl: () => Promise.reject(new Error('is not asked')) };

test.each([
  ['createPlaybackSession: `videoID` is not an option; do you mean `videoId`?', { transport, videoId, videoID: 'x' }],
  ['`transport` must be a transport, for instance createPlaybackTransport', { transport: '/api/video', videoId }],
  ['`videoId` must be the id of a video, a string', { transport }],
  ['`kind` must be ‘iframe’', { transport, videoId, kind: 'mp4' }],
  ['`signal` must be an AbortSignal', { transport, videoId, signal: new AbortController() }],
  ['`signal` must be an AbortSignal', { transport, videoId, signal: null }],
  ['`clock` must be a Clock', { transport, videoId, clock: Date }],
  ['`clock` must be a Clock', { transport, videoId, clock: { now: Date.now } }],
  ['`clock` must be a Clock', { transport, videoId, clock: broken }],
  ['`clock` must be a Clock', { transport, videoId, clock: { sleep: async () => undefined } }],
  ['`random` must be a function that returns 0 up to 1', { transport, videoId, random: 0 }],
  ['`onWake` must be a function that takes a listener', { transport, videoId, onWake: 'focus' }],
])('a session is refused: %s', async (message, options: object) => {
  await expect(createPlaybackSession(options as PlaybackSessionOptions)).rejects.toMatchObject({
    code: 'MISCONFIGURED',
    message: expect.stringContaining(message.replaceAll(/[‘’]/g, "'")),
  });
});

test.each([
  ['createPlaybackTransport: `credential` is not an option; do you mean `credentials`?', { credential: 'include' }],
  ["`credentials` must be 'omit', 'same-origin' or 'include'", { credentials: 'always' }],
  ['`headers` must be an object of headers, or a function that returns one', { headers: 'Authorization: 1' }],
  ['`headers` must be an object of headers', { headers: null }],
  ['`fetch` must be a function like fetch', { fetch: {} }],
])('a transport is refused: %s', (message, options) => {
  expect(() => createPlaybackTransport('/api/video', options as PlaybackTransportOptions)).toThrow(message);
});

test.each(['omit', 'same-origin', 'include'] as const)('a transport is made with the credentials %s', (credentials) => {
  expect(() => createPlaybackTransport('/api/video', { credentials })).not.toThrow();
});

const grant: Playback = {
  ...{ videoId, kind: 'file', url: 'https://cdn.example/a.mp4', access: 'url', sources: [] },
  ...{ renewAfter: '2026-11-28T10:48:00.000Z', expiresAt: '2026-11-28T11:00:00.000Z' },
};
const turned = () => new Promise((resolve) => setImmediate(resolve));

test.each([undefined, 'iframe', 'hls', 'dash', 'file'] as const)('a session requests the kind %s', async (kind) => {
  const asked: unknown[] = [];
  const noting = {
    getPlaybackUrl: async (...call: readonly unknown[]) => {
      asked.push(call.slice(0, 2));
      return grant;
    },
  };
  const session = await createPlaybackSession({ transport: noting, videoId, kind, clock: new ManualClock() });
  session.close();
  expect(asked).toEqual([[videoId, kind === undefined ? {} : { kind }]]);
});

test('the first grant is requested with the caller’s signal, and an abort throws its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('the page is left');
  const signals: (AbortSignal | undefined)[] = [];
  const failing = {
    getPlaybackUrl: async (_id: string, _body: object, { signal }: { readonly signal?: AbortSignal | undefined }) => {
      signals.push(signal);
      controller.abort(reason);
      throw new BackendError('BACKEND_REFUSED', 'no');
    },
  };
  const { signal } = controller;
  const opening = createPlaybackSession({ transport: failing, videoId, signal, clock: new ManualClock() });
  await expect(opening).rejects.toBe(reason);
  expect(signals.map((asked) => asked?.reason)).toEqual([reason]);
});

test('`random` and `onWake` may be methods of a class, and keep their `this`', async () => {
  class Options {
    readonly transport = { getPlaybackUrl: async () => grant };
    readonly videoId = videoId;
    readonly #woken = vi.fn();
    random(): number {
      return this.#woken.mock.calls.length;
    }
    onWake(listener: () => void): () => void {
      this.#woken(listener);
      return () => {};
    }
    get wakes(): number {
      return this.#woken.mock.calls.length;
    }
  }
  const options = new Options();
  (await createPlaybackSession(options)).close();
  expect(options.wakes).toBe(1);
});

test.each([() => 1, undefined])('the first grant is requested again after a pause (%s), not before', async (random) => {
  vi.spyOn(Math, 'random').mockReturnValue(random === undefined ? 1 : 0);
  const clock = new ManualClock();
  let asked = 0;
  const failing = {
    getPlaybackUrl: async () => {
      asked += 1;
      if (asked === 1) throw new BackendError('BACKEND_UNAVAILABLE', 'away');
      return grant;
    },
  };
  const opening = createPlaybackSession({ transport: failing, videoId, clock, random });
  await turned();
  clock.advance(499);
  await turned();
  expect(asked).toBe(1);
  clock.advance(1);
  (await opening).close();
  expect(asked).toBe(2);
});

test('an abort during the pause before the first grant is requested again throws its reason at once', async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const getPlaybackUrl = vi.fn(() => Promise.reject(new BackendError('BACKEND_UNAVAILABLE', 'away')));
  const { signal } = controller;
  const opening = createPlaybackSession({ transport: { getPlaybackUrl }, videoId, clock, signal });
  const failed = expect(opening).rejects.toThrow('gone');
  await turned();
  controller.abort(new Error('gone'));
  await turned();
  expect([clock.sleeping, getPlaybackUrl.mock.calls.length]).toEqual([0, 1]);
  await failed;
});

describe('a grant expires', () => {
  const granting = { getPlaybackUrl: async () => grant };

  test('by the time of the page, according to the date or the time since it began', async () => {
    const date = vi.spyOn(Date, 'now').mockReturnValue(0);
    const sinceStart = vi.spyOn(performance, 'now').mockReturnValue(0);
    const expired: boolean[] = [];
    for (const time of [date, sinceStart]) {
      const session = await createPlaybackSession({ transport: granting, videoId });
      expired.push(session.isExpired);
      time.mockReturnValue(3_599_999);
      expired.push(session.isExpired);
      time.mockReturnValue(3_600_000);
      expired.push(session.isExpired);
      session.close();
    }
    expect(expired).toEqual([false, false, true, false, false, true]);
  });

  test('after its lifetime from its request, however late a renewal is answered', async () => {
    const clock = new ManualClock();
    const answers = [async () => grant, () => clock.sleep(5000).then(() => grant)];
    const slow = { getPlaybackUrl: () => answers.shift()?.() ?? new Promise<Playback>(() => {}) };
    const session = await createPlaybackSession({ transport: slow, videoId, clock, random: () => 0 });
    clock.advance(2_880_000);
    await turned();
    clock.advance(5000);
    await turned();
    expect(session.renewals).toBe(1);
    clock.advance(3_594_999);
    expect(session.isExpired).toBe(false);
    clock.advance(1);
    expect(session.isExpired).toBe(true);
    session.close();
  });

  test('only by an injected clock, if there is one', async () => {
    const clock = new ManualClock();
    const session = await createPlaybackSession({ transport: granting, videoId, clock });
    vi.spyOn(Date, 'now').mockReturnValue(Number.MAX_SAFE_INTEGER);
    vi.spyOn(performance, 'now').mockReturnValue(Number.MAX_SAFE_INTEGER);
    expect(session.isExpired).toBe(false);
    clock.advance(3_600_000);
    expect(session.isExpired).toBe(true);
    session.close();
  });
});
