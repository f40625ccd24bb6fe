import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { grantOf, type StageScreen, StageWorld, stopTime } from '../../test-support/stage-world.ts';

const page = new HappyPage();
afterAll(() => page.close());

let world: StageWorld;
let screen: StageScreen;

beforeEach(async () => {
  page.enter();
  stopTime();
  world = await StageWorld.open();
  screen = world.screen(0);
  // Simulates a browser that loads a source: paused at the beginning, at normal speed.
  screen.reload.mockImplementation(() => {
    Object.assign(screen.media, { paused: true, playbackRate: 1, currentTime: 0 });
    setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 10);
  });
});
afterEach(() => {
  world.close();
  vi.useRealTimers();
});

const breakSource = async () => {
  screen.settings.onFailed();
  await world.run(500);
};

describe('a refused source is reloaded in the same player, with a new grant', () => {
  test('at its position and speed, and continues to play', async () => {
    Object.assign(screen.media, { currentTime: 20, playbackRate: 1.5 });
    screen.settings.onFailed();
    await world.run(30);
    expect(screen.reload).toHaveBeenCalledExactlyOnceWith(grantOf('renewed'));
    expect(world.stage.currentTime).toBeGreaterThanOrEqual(20);
    await world.run(470);
    expect(screen.media.currentTime).toBeGreaterThan(20.4);
    expect(screen.media.currentTime).toBeLessThan(21);
    expect([screen.media.playbackRate, screen.media.paused, screen.isDisposed]).toEqual([1.5, false, false]);
    expect(world.onWaiting.mock.calls).toEqual([[true], [false]]);
  });

  test.each([
    ['', 20, 0, 20],
    ['also when it moved on since', 20, 20.2, 20.2],
  ])('at its position when the browser forgets that of a failed source %s', async (_when, seen, reported, kept) => {
    screen.media.currentTime = seen;
    screen.media.dispatchEvent(new Event('timeupdate'));
    screen.isBroken = true;
    screen.media.currentTime = reported;
    expect(world.stage.currentTime).toBe(kept);
    screen.reload.mockImplementationOnce(() => {
      screen.isBroken = false;
      Object.assign(screen.media, { currentTime: 0 });
      setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 10);
    });
    await breakSource();
    expect(screen.media.currentTime).toBeGreaterThanOrEqual(kept);
    expect(world.stage.currentTime).toBe(screen.media.currentTime);
  });

  test('at the position to which the page has just sought', async () => {
    screen.media.currentTime = 40;
    screen.media.dispatchEvent(new Event('timeupdate'));
    world.stage.currentTime = 20;
    Object.assign(screen, { isBroken: true });
    screen.media.currentTime = 0;
    expect(world.stage.currentTime).toBe(20);
  });

  test('and stays paused when the viewer has paused it', async () => {
    world.stage.pause();
    screen.media.currentTime = 20;
    await breakSource();
    expect(screen.reload).toHaveBeenCalledTimes(1);
    expect([screen.media.paused, screen.media.currentTime]).toEqual([true, 20]);
  });

  test('and continues when the viewer has started it with the player’s own controls', async () => {
    world.stage.pause();
    await screen.media.play();
    await breakSource();
    expect(screen.media.paused).toBe(false);
  });

  test('and continues when its player has paused it because of the failure', async () => {
    screen.isBroken = true;
    screen.media.pause();
    screen.reload.mockImplementationOnce(() => {
      screen.isBroken = false;
      setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 10);
    });
    await breakSource();
    expect(screen.media.paused).toBe(false);
  });

  test('once more when it fails on the way to its position', async () => {
    screen.media.currentTime = 20;
    screen.reload.mockImplementationOnce(() => {
      Object.assign(screen.media, { paused: true, currentTime: 0 });
      vi.spyOn(screen.media, 'currentTime', 'set').mockImplementationOnce(() => screen.settings.onFailed());
      setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 10);
    });
    await breakSource();
    expect([screen.reload.mock.calls.length, world.onWaiting.mock.calls]).toEqual([1, [[true]]]);
    await world.run(1000);
    expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([2, false]);
    expect(screen.media.currentTime).toBeGreaterThan(20.2);
    expect(world.onWaiting.mock.calls).toEqual([[true], [false]]);
  });

  test('once, also when its player never reports that it has arrived at its position', async () => {
    screen.media.currentTime = 20;
    screen.reload.mockImplementationOnce(() => {
      Object.assign(screen.media, { currentTime: 0 });
      vi.spyOn(screen.media, 'currentTime', 'set').mockReturnValueOnce(undefined);
      setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 10);
    });
    screen.settings.onFailed();
    await world.run(25_000);
    expect([screen.reload.mock.calls.length, world.onWaiting.mock.calls]).toEqual([1, [[true], [false]]]);
  });

  test.each([
    ['while the host app is asked', 40, 500],
    ['back, while the host app is asked', 10, 500],
    ['while it is loaded', 40, 1005],
  ])('at the position and speed that the page sets %s', async (_when, position, afterMs) => {
    Object.assign(screen.media, { currentTime: 20, playbackRate: 1.5 });
    world.renewNow.mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return grantOf('renewed');
    });
    screen.settings.onFailed();
    await vi.advanceTimersByTimeAsync(afterMs);
    expect(world.stage.playbackRate).toBe(1.5);
    world.stage.currentTime = position;
    world.stage.playbackRate = 2;
    await world.run(2000 - afterMs);
    expect(screen.reload).toHaveBeenCalledTimes(1);
    expect(world.stage.currentTime).toBe(screen.media.currentTime);
    expect(screen.media.currentTime).toBeGreaterThan(position);
    expect(screen.media.currentTime).toBeLessThan(position + 3);
    expect([world.stage.playbackRate, screen.media.playbackRate]).toEqual([2, 2]);
  });

  test('at its position when the page sets one that is none', async () => {
    screen.media.currentTime = 20;
    screen.settings.onFailed();
    const refusal = new TypeError('The provided double value is non-finite.');
    vi.spyOn(screen.media, 'currentTime', 'set').mockImplementationOnce(() => {
      throw refusal;
    });
    expect(() => {
      world.stage.currentTime = Number.NaN;
    }).toThrow(refusal);
    expect(world.stage.currentTime).toBe(20);
    await world.run(500);
    expect(screen.media.currentTime).toBeGreaterThan(20);
    expect(screen.media.currentTime).toBeLessThan(21);
  });

  test('once, also when a renewed source fails meanwhile that was being prepared', async () => {
    screen.media.currentTime = 20;
    const next = await world.renewTo('second');
    next.media.duration = Number.NaN;
    screen.settings.onFailed();
    await vi.advanceTimersByTimeAsync(5);
    expect(screen.reload).toHaveBeenCalledTimes(1);
    next.settings.onFailed();
    await world.run(5000);
    expect([screen.reload.mock.calls.length, next.isDisposed]).toEqual([1, true]);
    expect(world.onWaiting.mock.calls).toEqual([[true], [false]]);
    expect(screen.media.currentTime).toBeGreaterThan(24.9);
  });

  test('and a source that was being prepared then, with an older grant, does not take over, nor is it prepared again', async () => {
    for (const ends of ['is loaded', 'fails']) {
      const opened = world.screens.length;
      const next = await world.renewTo('second');
      next.media.duration = Number.NaN;
      await breakSource();
      if (ends === 'is loaded') next.media.duration = 60;
      else next.settings.onFailed();
      await world.run(10_000);
      expect([world.stage.media === screen.media, next.isDisposed, world.screens.length]).toEqual([
        ...[true, true, opened + 1],
      ]);
    }
  });

  test('and a grant that is renewed while it is loaded is used afterwards', async () => {
    screen.reload.mockImplementationOnce(() => {
      Object.assign(screen.media, { paused: true, currentTime: 0 });
      setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 500);
    });
    screen.settings.onFailed();
    await world.run(200);
    world.stage.renew(grantOf('third'));
    await world.run(2000);
    expect(world.urls).toEqual(['first', 'third'].map((name) => grantOf(name).url));
  });

  test('once, however many failures are reported meanwhile', async () => {
    screen.settings.onFailed();
    screen.settings.onFailed();
    await world.run(500);
    expect(world.renewNow).toHaveBeenCalledTimes(1);
  });

  test('and no second player is prepared: a waiting grant is older', async () => {
    world.stage.pause();
    world.stage.renew(grantOf('second'));
    await breakSource();
    void world.stage.play();
    await world.run(20_000);
    expect(world.screens).toHaveLength(1);
    expect(world.stage.media).toBe(screen.media);
    expect(screen.reload).toHaveBeenCalledExactlyOnceWith(grantOf('renewed'));
  });
});

describe('a source that fails again', () => {
  beforeEach(() => {
    screen.reload.mockImplementation(() => {
      setTimeout(() => screen.settings.onFailed(), 10);
    });
  });

  test('is reloaded at once, after a second and after two more; then it is unplayable', async () => {
    screen.settings.onFailed();
    await world.run(900);
    expect(screen.reload).toHaveBeenCalledTimes(1);
    await world.run(200);
    expect(screen.reload).toHaveBeenCalledTimes(2);
    await world.run(1900);
    expect(screen.reload).toHaveBeenCalledTimes(2);
    await world.run(200);
    expect(screen.reload).toHaveBeenCalledTimes(3);
    expect(world.onUnplayable).toHaveBeenCalledTimes(1);
    await world.run(60_000);
    expect([world.renewNow.mock.calls.length, world.onUnplayable.mock.calls.length]).toEqual([3, 1]);
    expect(world.onWaiting).toHaveBeenLastCalledWith(false);
  });

  test('at another position is reloaded as often again', async () => {
    screen.settings.onFailed();
    await world.run(5000);
    expect(world.onUnplayable).toHaveBeenCalledTimes(1);
    world.stage.currentTime = screen.media.currentTime + 0.6;
    await breakSource();
    expect(screen.reload).toHaveBeenCalledTimes(4);
    expect(world.onUnplayable).toHaveBeenCalledTimes(1);
  });

  test('is not reloaded once the host app refuses, or the stage is closed', async () => {
    world.renewNow.mockRejectedValueOnce(new Error('No longer.'));
    await breakSource();
    await world.run(5000);
    expect([screen.reload.mock.calls.length, world.onUnplayable.mock.calls.length]).toEqual([0, 0]);
    world.stage.currentTime = 30;
    screen.settings.onFailed();
    world.stage.close();
    await world.run(5000);
    expect(screen.reload).not.toHaveBeenCalled();
  });
});

test('a stage that is closed in the middle of its last attempt is not unplayable, and leaves no timer behind', async () => {
  const fails = () => void setTimeout(() => screen.settings.onFailed(), 10);
  screen.reload.mockImplementation(() => undefined);
  screen.reload.mockImplementationOnce(fails).mockImplementationOnce(fails);
  screen.settings.onFailed();
  await world.run(4000);
  expect(screen.reload).toHaveBeenCalledTimes(3);
  world.close();
  await world.run(100);
  expect([world.onUnplayable.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0]);
});

test('events and failures of a screen that a renewed source has replaced are ignored', async () => {
  const next = await world.renewTo('second');
  await world.run(1000);
  expect([world.stage.media === next.media, screen.isDisposed]).toEqual([true, true]);
  world.heard.length = 0;
  screen.media.pause();
  expect(world.heard).toEqual([]);
  screen.settings.onFailed();
  await world.run(5000);
  expect(next.media.paused).toBe(false);
  expect([world.renewNow.mock.calls.length, screen.reload.mock.calls.length]).toEqual([0, 0]);
});

test('a closed stage rejects all pending plays, and keeps no listener', async () => {
  const listening = [spyOnListeners(world.element), spyOnListeners(window)];
  const closed = await StageWorld.open();
  closed.screen(0).media.play = () => Promise.reject(new DOMException('The source is gone.', 'AbortError'));
  const waiting = Promise.allSettled([closed.stage.play(), closed.stage.play()]);
  await vi.advanceTimersByTimeAsync(0);
  const listened = () =>
    listening.flatMap(({ mock }) => mock.calls.flatMap(([type, , options]) => (OF_STAGE.has(type) ? [options] : [])));
  const allWithSignal = (signal: object) =>
    Array(8).fill(expect.objectContaining({ signal: expect.objectContaining(signal) }));
  expect(listened()).toEqual(allWithSignal({ aborted: false }));
  closed.close();
  expect(listened()).toEqual(allWithSignal({ aborted: true }));
  const stopped = expect.objectContaining({ name: 'AbortError', message: 'The video was stopped before it played.' });
  expect(await waiting).toEqual(Array(2).fill({ status: 'rejected', reason: stopped }));
});

const OF_STAGE: ReadonlySet<string> = new Set([
  ...['pointerdown', 'keydown', 'pointerup', 'pointercancel', 'fullscreenchange', 'leavepictureinpicture'],
  'webkitpresentationmodechanged',
]);

/** On the prototype, since the object with the listener does not exist yet. */
function spyOnListeners(target: EventTarget) {
  let owner: EventTarget = target;
  while (!Object.hasOwn(owner, 'addEventListener')) owner = Object.getPrototypeOf(owner);
  return vi.spyOn(owner, 'addEventListener');
}

test('a grant older than that of a reload is not used, also when the film has ended', async () => {
  const next = await world.renewTo('second');
  next.media.duration = Number.NaN;
  await world.run(50);
  Object.assign(screen.media, { ended: true });
  await breakSource();
  next.media.duration = 60;
  await world.run(500);
  Object.assign(screen.media, { ended: false });
  await world.stage.play();
  await world.run(1000);
  expect(world.urls).toEqual(['first', 'second'].map((name) => grantOf(name).url));
});
