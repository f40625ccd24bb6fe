import { AccessError, type Playback, TimeoutError } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PlaybackWorld } from '../../test-support/playback-world.ts';
import { ATTEMPT_TIMEOUT_MS } from './ask-within.ts';
import { createPlaybackSession } from './create-playback-session.ts';
import type { PlaybackSessionOptions } from './playback-session.ts';

let world: PlaybackWorld;
let videoId: string;
let clock: ManualClock;
let wakeUp: () => void;

beforeEach(async () => {
  world = new PlaybackWorld();
  videoId = await world.readyVideo();
  clock = new ManualClock({ nowMs: 1_000_000 });
  wakeUp = () => {};
});

afterEach(() => world.dispose());

function open(options: Partial<PlaybackSessionOptions> = {}) {
  const onWake = (listener: () => void) => {
    wakeUp = listener;
    return () => {
      wakeUp = () => {};
    };
  };
  return createPlaybackSession({ transport: world.transport, videoId, clock, random: () => 0, onWake, ...options });
}

/** As time passes in a page: step by step, with everything done in between. */
async function pass(seconds: number): Promise<void> {
  for (let left = seconds * 1000; left > 0; left -= 1000) {
    clock.advance(Math.min(1000, left));
    await world.turned();
  }
}

describe('H3: a grant is renewed before it ends', () => {
  test('at four fifths of its lifetime, not before, and again and again', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    const renewed: Playback[] = [];
    session.onRenewed((playback) => renewed.push(playback));
    const first = session.playback;
    await pass(79);
    expect(world.asked).toBe(1);
    await pass(1);
    expect(renewed).toHaveLength(1);
    expect(session.playback).toBe(renewed[0]);
    expect(session.playback).not.toBe(first);
    await pass(79);
    expect(session.renewals).toBe(1);
    await pass(1);
    expect(session.renewals).toBe(2);
    expect(session.isExpired).toBe(false);
    session.close();
  });

  test('at most a twentieth of the lifetime later, spread by chance', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open({ random: () => 0.999 });
    await pass(84);
    expect(session.renewals).toBe(0);
    await pass(1);
    expect(session.renewals).toBe(1);
    session.close();
  });

  test.each([-7, 0, 7])('also when the viewer’s clock is off by %i hours', async (hours) => {
    world.service.expiresInSeconds = 100;
    clock = new ManualClock({ nowMs: Date.now() + hours * 3_600_000 });
    const session = await open();
    await pass(79);
    expect(session.renewals).toBe(0);
    await pass(1);
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('of a listener that is taken away nothing more is heard', async () => {
    world.service.expiresInSeconds = 10;
    const session = await open();
    const listener = vi.fn();
    const stop = session.onRenewed(listener);
    await pass(8);
    stop();
    await pass(8);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(session.renewals).toBe(2);
    session.close();
  });
});

describe('a page that slept', () => {
  test('renews at once when it is woken past renewAfter', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open({ clock: { now: () => clock.now(), sleep: (_, signal) => clock.sleep(1e9, signal) } });
    clock.advance(79_999);
    wakeUp();
    await world.turned();
    expect(session.renewals).toBe(0);
    clock.advance(20_001);
    expect(session.isExpired).toBe(true);
    wakeUp();
    await world.turned();
    expect(session.renewals).toBe(1);
    expect(session.isExpired).toBe(false);
    session.close();
  });

  test('notices without any event, within half a minute of its own timers', async () => {
    world.service.expiresInSeconds = 3600;
    const slept: number[] = [];
    const noting = {
      now: () => clock.now(),
      sleep: (delayMs: number, signal?: AbortSignal) => {
        slept.push(delayMs);
        return clock.sleep(delayMs, signal);
      },
    };
    const session = await open({ clock: noting });
    await pass(60);
    expect(slept.filter((delayMs) => delayMs !== ATTEMPT_TIMEOUT_MS).every((delayMs) => delayMs <= 30_000)).toBe(true);
    clock.advance(7_200_000);
    await world.turned();
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('hears of the page by its events, only while it can be seen', async () => {
    const page = new EventTarget();
    const pageDocument = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    vi.stubGlobal('window', page);
    vi.stubGlobal('document', pageDocument);
    world.service.expiresInSeconds = 100;
    const stuck = { now: () => clock.now(), sleep: (_: number, signal?: AbortSignal) => clock.sleep(1e9, signal) };
    const session = await open({ clock: stuck, onWake: undefined });
    let renewals = 0;
    for (const [target, type] of [
      ...[...['online', 'pageshow', 'focus'].map((each) => [page, each] as const)],
      ...[...['visibilitychange', 'resume'].map((each) => [pageDocument, each] as const)],
    ] as const) {
      clock.advance(90_000);
      pageDocument.visibilityState = 'hidden';
      target.dispatchEvent(new Event(type));
      await world.turned();
      expect(session.renewals).toBe(renewals);
      pageDocument.visibilityState = 'visible';
      target.dispatchEvent(new Event(type));
      await world.turned();
      renewals += 1;
      expect(session.renewals).toBe(renewals);
    }
    session.close();
    clock.advance(90_000);
    page.dispatchEvent(new Event('focus'));
    await world.turned();
    expect(session.renewals).toBe(renewals);
  });
});

describe('an outage', () => {
  const failing: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['502 of a proxy', () => new Response('<html>', { status: 502 })],
    ['404 of a proxy', () => new Response('<html>nothing</html>', { status: 404 })],
    ['200 of a proxy', () => new Response('<html>hello</html>')],
    ['429', () => new Response('{"error":{"code":"RATE_LIMITED","message":"Wait."}}', { status: 429 })],
    ['500', () => new Response('{"error":{"code":"INTERNAL","message":"Oh."}}', { status: 500 })],
    ['409', () => new Response('{"error":{"code":"CONFLICT","message":"Processing."}}', { status: 409 })],
  ];

  test.each(failing)('(%s) is asked through until the grant’s end and beyond', async (_name, outage) => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    const onEnded = vi.fn();
    session.onEnded(onEnded);
    world.outage = outage;
    await pass(80);
    const { asked } = world;
    expect(asked).toBeGreaterThan(1);
    await pass(220);
    expect(world.asked).toBeGreaterThan(asked + 10);
    // No more than one attempt in half of the longest pause once it has grown.
    expect(world.asked).toBeLessThan(40);
    expect(session.isExpired).toBe(true);
    expect(onEnded).not.toHaveBeenCalled();
    world.outage = undefined;
    await pass(20);
    expect(session.renewals).toBe(1);
    expect(session.isExpired).toBe(false);
    session.close();
  });

  test('tries again at once when the network is back, but not more than twice a second', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    world.outage = () => Promise.reject(new TypeError('Failed to fetch'));
    await pass(110);
    const { asked } = world;
    for (let count = 0; count < 50; count += 1) wakeUp();
    await world.turned();
    expect(world.asked).toBeLessThanOrEqual(asked + 1);
    world.outage = undefined;
    clock.advance(500);
    await world.turned();
    wakeUp();
    await world.turned();
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('keeps the pause that the host asks for, also when it is woken', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    const headers = { 'Retry-After': '60' };
    world.outage = () => new Response('<html>', { status: 429, headers });
    await pass(80);
    expect(world.asked).toBe(2);
    wakeUp();
    await pass(59);
    expect(world.asked).toBe(2);
    await pass(1);
    expect(world.asked).toBe(3);
    session.close();
  });

  test('a host that never answers is given up after ten seconds, and asked again', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    world.outage = () => new Promise<Response>(() => {});
    await pass(80);
    expect(world.asked).toBe(2);
    world.outage = undefined;
    await pass(9);
    expect(session.renewals).toBe(0);
    await pass(2);
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('at the first grant is waited for, up to four attempts', async () => {
    let failures = 0;
    world.outage = () => {
      failures += 1;
      if (failures === 3) world.outage = undefined;
      return new Response('', { status: 503 });
    };
    const opening = open();
    await world.turned();
    await pass(4);
    const session = await opening;
    expect(world.asked).toBe(4);
    session.close();
    world.outage = () => new Response('', { status: 503 });
    const refused = open().catch((error: unknown) => error);
    await pass(8);
    expect(await refused).toMatchObject({ code: 'BACKEND_THROTTLED' });
    expect(world.asked).toBe(8);
  });
});

describe('a refusal', () => {
  const withdraw = () => {
    world.mayWatch = false;
  };
  const signOut = () => {
    world.isSignedIn = false;
  };
  const refuseWith = (status: number, body: string) => {
    world.outage = () => new Response(body, { status });
  };

  test.each([
    ['rights withdrawn', 'VIDEO_NOT_FOUND', withdraw],
    ['signed out', 'UNAUTHENTICATED', signOut],
    ['forbidden in front of the routes', 'ACCESS_DENIED', () => refuseWith(403, '')],
    ['deleted', 'VIDEO_NOT_FOUND', () => refuseWith(404, '{"error":{"code":"VIDEO_NOT_FOUND"}}')],
    ['gone', 'UPLOAD_EXPIRED', () => refuseWith(410, '{"error":{"code":"UPLOAD_EXPIRED"}}')],
  ])('(%s) ends the session once, and nothing is asked any more', async (_name, code, refuse) => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    const onEnded = vi.fn();
    const onRenewed = vi.fn();
    session.onEnded(onEnded);
    session.onRenewed(onRenewed);
    refuse();
    await pass(80);
    expect(onEnded).toHaveBeenCalledTimes(1);
    expect(onEnded).toHaveBeenCalledWith(expect.objectContaining({ code, isVideoStorageError: true }));
    expect(session.ended).toMatchObject({ code });
    const { asked } = world;
    wakeUp();
    await pass(300);
    expect(world.asked).toBe(asked);
    expect(onEnded).toHaveBeenCalledTimes(1);
    expect(onRenewed).not.toHaveBeenCalled();
    expect(clock.sleeping).toBe(0);
    await expect(session.renewNow()).rejects.toMatchObject({ code });
  });

  test('of the first grant is thrown, without a second attempt', async () => {
    world.mayWatch = false;
    await expect(open()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(world.asked).toBe(1);
  });

  test.each(['', 'a/b', '../x', 'a b', `${'x'.repeat(65)}`, '"><img onerror=1>', '\u2028'])(
    'T-L2: the id %j is refused before anything is asked',
    async (wrong) => {
      await expect(open({ videoId: wrong })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(world.asked).toBe(0);
    },
  );
});

describe('renewNow', () => {
  test('renews at once, and those who ask together share one request', async () => {
    const session = await open();
    const both = Promise.all([session.renewNow(), session.renewNow()]);
    await world.turned();
    const [one, other] = await both;
    expect(one).toBe(other);
    expect(session.playback).toBe(one);
    expect(world.asked).toBe(2);
    const later = session.renewNow();
    await world.turned();
    expect(await later).not.toBe(one);
    session.close();
  });

  test('waits through an outage', async () => {
    const session = await open();
    world.outage = () => new Response('', { status: 503 });
    const renewing = session.renewNow();
    await pass(3);
    world.outage = undefined;
    await pass(5);
    expect(await renewing).toBe(session.playback);
    session.close();
  });

  test('rejects with the refusal, which also ends the session', async () => {
    const session = await open();
    const onEnded = vi.fn();
    session.onEnded(onEnded);
    world.mayWatch = false;
    await expect(session.renewNow()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(onEnded).toHaveBeenCalledTimes(1);
    const late = vi.fn();
    session.onEnded(late);
    expect(late).toHaveBeenCalledTimes(1);
  });
});

describe('close', () => {
  test('stops every timer and request, and no listener is called', async () => {
    world.service.expiresInSeconds = 100;
    const session = await open();
    const listener = vi.fn();
    session.onRenewed(listener);
    session.onEnded(listener);
    const renewing = session.renewNow().catch((error: unknown) => error);
    session.close();
    session.close();
    expect(await renewing).toMatchObject({ name: 'AbortError' });
    await world.turned();
    expect(clock.sleeping).toBe(0);
    await pass(300);
    expect(world.asked).toBeLessThanOrEqual(2);
    expect(listener).not.toHaveBeenCalled();
  });

  test('is what the caller’s signal does, also while the first grant is asked for', async () => {
    const controller = new AbortController();
    const session = await open({ signal: controller.signal });
    controller.abort();
    await world.turned();
    expect(clock.sleeping).toBe(0);
    await expect(session.renewNow()).rejects.toMatchObject({ name: 'AbortError' });
    const reason = new Error('gone');
    const other = new AbortController();
    world.outage = () => new Promise<Response>(() => {});
    const opening = open({ signal: other.signal });
    await world.turned();
    other.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await world.turned();
    expect(clock.sleeping).toBe(0);
  });
});

test('what a host’s own transport throws is an outage unless it is a refusal of the library', async () => {
  world.service.expiresInSeconds = 100;
  const { getPlaybackUrl } = world.transport;
  const thrown: unknown[] = [new Error('own'), 'text', new TimeoutError(), new AccessError('ACCESS_DENIED')];
  let isFirst = true;
  const transport = {
    getPlaybackUrl: async (...call: Parameters<typeof getPlaybackUrl>) => {
      if (!isFirst) throw thrown.shift();
      isFirst = false;
      return getPlaybackUrl(...call);
    },
  };
  const session = await open({ transport });
  await pass(100);
  expect(thrown).toEqual([]);
  expect(session.ended).toMatchObject({ code: 'ACCESS_DENIED' });
});

test('a listener that throws does not stop the renewals', async () => {
  world.service.expiresInSeconds = 100;
  const session = await open();
  const other = vi.fn();
  session.onRenewed(() => {
    throw new Error('of the page');
  });
  session.onRenewed(other);
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  await pass(160);
  expect(session.renewals).toBe(2);
  expect(other).toHaveBeenCalledTimes(2);
  expect(reported).toHaveBeenCalledTimes(2);
  session.close();
});
