import { getEventListeners } from 'node:events';
import type { Playback } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SessionWorld } from '../../test-support/session-world.ts';
import { ATTEMPT_TIMEOUT_MS } from './ask-within.ts';
import type { PlaybackTransport } from './playback-transport.ts';

let world: SessionWorld;

beforeEach(async () => {
  world = await SessionWorld.create();
});
afterEach(() => world.dispose());

describe('a grant is renewed before it expires', () => {
  test('at four fifths of its lifetime, not before, and again and again', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    const renewed: Playback[] = [];
    session.onRenewed((playback) => renewed.push(playback));
    const first = session.playback;
    await world.pass(79);
    expect(world.asked).toBe(1);
    await world.pass(1);
    expect(renewed).toHaveLength(1);
    expect(session.playback).toBe(renewed[0]);
    expect(session.playback).not.toBe(first);
    await world.pass(79);
    expect(session.renewals).toBe(1);
    await world.pass(1);
    expect(session.renewals).toBe(2);
    expect(session.isExpired).toBe(false);
    session.close();
  });

  test('at most a twentieth of the lifetime later, at a random time', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open({ random: () => 0.999 });
    await world.pass(84);
    expect(session.renewals).toBe(0);
    await world.pass(1);
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('by the lifetime of the newest, counted from its request, however late it was answered', async () => {
    world.service.expiresInSeconds = 100;
    const transport: PlaybackTransport = {
      getPlaybackUrl: async (...asked) => {
        await world.clock.sleep(5000);
        return world.transport.getPlaybackUrl(...asked);
      },
    };
    const opening = world.open({ transport });
    await world.pass(5);
    const session = await opening;
    world.service.expiresInSeconds = 50;
    await world.pass(79);
    expect(session.renewals).toBe(0);
    // Requested at 80 s, and due again 40 s later.
    await world.pass(1);
    expect(session.renewals).toBe(1);
    await world.pass(39);
    expect(session.renewals).toBe(1);
    await world.pass(1);
    expect(session.renewals).toBe(2);
    session.close();
  });

  test.each([-7, 0, 7])('also when the viewer’s clock is off by %i hours', async (hours) => {
    world.service.expiresInSeconds = 100;
    world.clock = new ManualClock({ nowMs: Date.now() + hours * 3_600_000 });
    const session = await world.open();
    await world.pass(79);
    expect(session.renewals).toBe(0);
    await world.pass(1);
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('a listener that unsubscribes is not called any more', async () => {
    world.service.expiresInSeconds = 10;
    const session = await world.open();
    const listener = vi.fn();
    const stop = session.onRenewed(listener);
    await world.pass(8);
    stop();
    await world.pass(8);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(session.renewals).toBe(2);
    session.close();
  });
});

describe('a page that slept', () => {
  test('renews at once when it is woken past renewAfter', async () => {
    world.service.expiresInSeconds = 100;
    const session = await world.open({
      clock: { now: () => world.clock.now(), sleep: (_, signal) => world.clock.sleep(1e9, signal) },
    });
    world.clock.advance(79_999);
    world.wakeUp();
    await world.turned();
    expect(session.renewals).toBe(0);
    world.clock.advance(20_001);
    expect(session.isExpired).toBe(true);
    world.wakeUp();
    await world.turned();
    expect(session.renewals).toBe(1);
    expect(session.isExpired).toBe(false);
    session.close();
  });

  test('notices without any event, within half a minute of its own timers', async () => {
    world.service.expiresInSeconds = 3600;
    const slept: number[] = [];
    const noting = {
      now: () => world.clock.now(),
      sleep: (delayMs: number, signal?: AbortSignal) => {
        slept.push(delayMs);
        return world.clock.sleep(delayMs, signal);
      },
    };
    const session = await world.open({ clock: noting });
    await world.pass(60);
    expect(slept.filter((delayMs) => delayMs !== ATTEMPT_TIMEOUT_MS).every((delayMs) => delayMs <= 30_000)).toBe(true);
    world.clock.advance(7_200_000);
    await world.turned();
    expect(session.renewals).toBe(1);
    session.close();
  });

  test('is woken by the page’s events, only while the page is visible', async () => {
    const page = new EventTarget();
    const pageDocument = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    vi.stubGlobal('window', page);
    vi.stubGlobal('document', pageDocument);
    world.service.expiresInSeconds = 100;
    const stuck = {
      now: () => world.clock.now(),
      sleep: (_: number, signal?: AbortSignal) => world.clock.sleep(1e9, signal),
    };
    const session = await world.open({ clock: stuck, onWake: undefined });
    let renewals = 0;
    for (const [target, type] of [
      ...[...['online', 'pageshow', 'focus'].map((each) => [page, each] as const)],
      ...[...['visibilitychange', 'resume'].map((each) => [pageDocument, each] as const)],
    ] as const) {
      world.clock.advance(90_000);
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
    world.clock.advance(90_000);
    page.dispatchEvent(new Event('focus'));
    await world.turned();
    expect(session.renewals).toBe(renewals);
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
    [
      'a request that the host app does not understand',
      'VALIDATION_FAILED',
      () => refuseWith(422, '{"error":{"code":"VALIDATION_FAILED","message":"No."}}'),
    ],
    ['gone', 'UPLOAD_EXPIRED', () => refuseWith(410, '{"error":{"code":"UPLOAD_EXPIRED"}}')],
  ])('(%s) ends the session once, and no further request is made', async (_name, code, refuse) => {
    world.service.expiresInSeconds = 100;
    const session = await world.open();
    const onEnded = vi.fn();
    const onRenewed = vi.fn();
    session.onEnded(onEnded);
    session.onRenewed(onRenewed);
    refuse();
    await world.pass(80);
    expect(onEnded).toHaveBeenCalledTimes(1);
    expect(onEnded).toHaveBeenCalledWith(expect.objectContaining({ code, isVideoStorageError: true }));
    expect(session.ended).toMatchObject({ code });
    const { asked } = world;
    world.wakeUp();
    await world.pass(300);
    expect(world.asked).toBe(asked);
    expect(onEnded).toHaveBeenCalledTimes(1);
    expect(onRenewed).not.toHaveBeenCalled();
    expect(world.clock.sleeping).toBe(0);
    await expect(session.renewNow()).rejects.toMatchObject({ code });
  });

  test('of the first grant is thrown, without a second attempt', async () => {
    world.mayWatch = false;
    await expect(world.open()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(world.asked).toBe(1);
  });

  test.each(['', 'a/b', '../x', 'a b', `${'x'.repeat(65)}`, '"><img onerror=1>', '\u2028'])(
    'T-L2: the id %j is refused before a request is made',
    async (wrong) => {
      await expect(world.open({ videoId: wrong })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(world.asked).toBe(0);
    },
  );
});

describe('renewNow', () => {
  test('renews at once, and simultaneous calls share one request', async () => {
    const session = await world.open();
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
    const session = await world.open();
    world.outage = () => new Response('', { status: 503 });
    const renewing = session.renewNow();
    await world.pass(3);
    world.outage = undefined;
    await world.pass(5);
    expect(await renewing).toBe(session.playback);
    session.close();
  });

  test('rejects with the refusal, which also ends the session', async () => {
    const session = await world.open();
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
    const session = await world.open();
    const listener = vi.fn();
    session.onRenewed(listener);
    session.onEnded(listener);
    const renewing = session.renewNow().catch((error: unknown) => error);
    session.close();
    session.close();
    expect(await renewing).toMatchObject({ name: 'AbortError' });
    await world.turned();
    expect(world.clock.sleeping).toBe(0);
    await world.pass(300);
    expect(world.asked).toBeLessThanOrEqual(2);
    expect(listener).not.toHaveBeenCalled();
  });

  test.each(['renewed', 'refused'])('in a listener (%s): those after it are not called', async (kind) => {
    const session = await world.open();
    const heard: string[] = [];
    const listen = (listener: () => void) =>
      kind === 'renewed' ? session.onRenewed(listener) : session.onEnded(listener);
    const unsubscribe: Record<string, () => void> = {};
    listen(() => {
      heard.push('first');
      unsubscribe['second']?.();
    });
    unsubscribe['second'] = listen(() => heard.push('second'));
    listen(() => {
      heard.push('third');
      session.close();
    });
    listen(() => heard.push('fourth'));
    if (kind === 'refused') world.mayWatch = false;
    await session.renewNow().catch(() => undefined);
    expect(heard).toEqual(['first', 'third']);
    session.close();
  });

  test('at the same time as an answer, that answer is ignored', async () => {
    world.service.expiresInSeconds = 100;
    let close = () => {};
    const transport: PlaybackTransport = {
      getPlaybackUrl: async (...asked) => {
        const playback = await world.transport.getPlaybackUrl(...asked);
        queueMicrotask(() => close());
        return playback;
      },
    };
    const session = await world.open({ transport });
    const { playback } = session;
    const onRenewed = vi.fn();
    session.onRenewed(onRenewed);
    close = () => session.close();
    await world.pass(80);
    expect([session.renewals, session.playback === playback]).toEqual([0, true]);
    expect(onRenewed).not.toHaveBeenCalled();
    const controller = new AbortController();
    close = () => controller.abort();
    const late = await world.open({ transport, signal: controller.signal });
    await world.turned();
    expect(world.clock.sleeping).toBe(0);
    await expect(late.renewNow()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('removes its listeners from the page, and from the caller’s signal', async () => {
    const stopWaking = vi.fn();
    const controller = new AbortController();
    const session = await world.open({ onWake: () => stopWaking, signal: controller.signal });
    expect(stopWaking).not.toHaveBeenCalled();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    session.close();
    expect(stopWaking).toHaveBeenCalledTimes(1);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(stopWaking).toHaveBeenCalledTimes(1);
  });

  test('also happens to the page’s listeners after a refusal of the host app', async () => {
    const stopWaking = vi.fn();
    const session = await world.open({ onWake: () => stopWaking });
    world.mayWatch = false;
    await expect(session.renewNow()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(stopWaking).toHaveBeenCalledTimes(1);
  });

  test('also happens when the caller’s signal aborts, even while the first grant is requested', async () => {
    const controller = new AbortController();
    const session = await world.open({ signal: controller.signal });
    controller.abort();
    await world.turned();
    expect(world.clock.sleeping).toBe(0);
    await expect(session.renewNow()).rejects.toMatchObject({ name: 'AbortError' });
    const reason = new Error('gone');
    const other = new AbortController();
    world.outage = () => new Promise<Response>(() => {});
    const opening = world.open({ signal: other.signal });
    await world.turned();
    other.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await world.turned();
    expect(world.clock.sleeping).toBe(0);
  });
});

test('a listener that throws does not stop the renewals, and is reported as an error of the page', async () => {
  world.service.expiresInSeconds = 100;
  const session = await world.open();
  const thrown: unknown[] = [];
  const { queueMicrotask: run } = globalThis;
  vi.stubGlobal('queueMicrotask', (task: () => void) => {
    run(() => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
  });
  const other = vi.fn();
  session.onRenewed(() => {
    throw new Error('of the page');
  });
  session.onRenewed(other);
  await world.pass(160);
  expect(session.renewals).toBe(2);
  expect(other).toHaveBeenCalledTimes(2);
  expect(thrown).toEqual([new Error('of the page'), new Error('of the page')]);
  session.close();
});
