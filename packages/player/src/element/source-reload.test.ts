import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { grantOf, type StageScreen, StageWorld, stopTime } from '../../test-support/stage-world.ts';

const page = new HappyPage();
afterAll(() => page.close());

/** How long the host app takes to answer, the source to be loaded, and the media to arrive at its position. */
const STEPS_MS = { answer: 100, load: 100, arrive: 100 };

let world: StageWorld;
let screen: StageScreen;

/** A stage at 20 s whose source is reloaded in the steps above, as a browser does: paused at the beginning. */
beforeEach(async () => {
  page.enter();
  stopTime();
  world = await StageWorld.open();
  screen = world.screen(0);
  screen.media.currentTime = 20;
  await world.run(50);
  world.renewNow.mockImplementation(async () => {
    await new Promise((resolve) => setTimeout(resolve, STEPS_MS.answer));
    return grantOf('renewed');
  });
  screen.reload.mockImplementation(() => {
    Object.assign(screen, { isBroken: false });
    seekTakes(STEPS_MS.arrive);
    Object.assign(screen.media, { paused: true, currentTime: 0 });
    setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), STEPS_MS.load);
  });
});
afterEach(() => {
  world.close();
  vi.useRealTimers();
});

/** From now on a seek dispatches its events as a browser does. */
function seekTakes(seekMs: number): void {
  const { media } = screen;
  let position = media.currentTime;
  let seeks = 0;
  Object.defineProperty(media, 'currentTime', {
    configurable: true,
    get: () => position,
    set: (seconds: number) => {
      position = seconds;
      seeks += 1;
      const seek = seeks;
      setTimeout(() => media.dispatchEvent(new Event('seeking')), 0);
      setTimeout(() => seek === seeks && media.dispatchEvent(new Event('seeked')), seekMs);
    },
  });
  media.move = (seconds) => {
    if (!media.paused) position += seconds * media.playbackRate;
  };
}

const ARRIVING_MS = STEPS_MS.answer + STEPS_MS.load + STEPS_MS.arrive / 2;

describe('what the viewer does with the player’s own controls while the reloaded source is on its way to its position', () => {
  beforeEach(async () => {
    screen.settings.onFailed();
    await world.run(ARRIVING_MS);
    expect([screen.reload.mock.calls.length, world.onWaiting.mock.calls, screen.media.paused]).toEqual([
      ...[1, [[true]], false],
    ]);
  });

  test('is a pause: it stays paused, also when it is reloaded once more', async () => {
    screen.media.pause();
    await world.run(1000);
    expect([screen.media.paused, world.onWaiting.mock.calls]).toEqual([true, [[true], [false]]]);
    screen.media.currentTime = 30;
    screen.settings.onFailed();
    await world.run(1000);
    expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([2, true]);
  });

  test('is a seek: the position is there, and remains there when the source fails once more', async () => {
    screen.media.currentTime = 40;
    await world.run(30);
    expect(world.stage.currentTime).toBe(screen.media.currentTime);
    screen.settings.onFailed();
    await world.run(2000);
    expect(screen.reload).toHaveBeenCalledTimes(2);
    expect(screen.media.currentTime).toBeGreaterThan(40);
    expect(world.stage.currentTime).toBe(screen.media.currentTime);
  });

  test('is a seek back: the position is not held where it failed', async () => {
    screen.media.currentTime = 5;
    await world.run(30);
    expect(world.stage.currentTime).toBeLessThan(6);
    await world.run(1000);
    expect(world.stage.currentTime).toBeLessThan(7);
    expect(world.stage.currentTime).toBe(screen.media.currentTime);
  });

  test('is nothing: its own seek is none of the viewer, and it arrives', async () => {
    expect(world.stage.currentTime).toBeGreaterThanOrEqual(20);
    await world.run(STEPS_MS.arrive);
    expect(world.onWaiting.mock.calls).toEqual([[true], [false]]);
    expect(screen.media.currentTime).toBeGreaterThan(20);
  });
});

test('a seek that a player reports after its source has failed says nothing of the viewer', async () => {
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  screen.settings.onFailed();
  Object.assign(screen, { isBroken: true });
  // The fake's position is set without events, as that of a source which is gone.
  Object.defineProperty(screen.media, 'currentTime', { configurable: true, writable: true, value: 0 });
  screen.media.dispatchEvent(new Event('seeking'));
  await world.run(3000);
  expect(screen.reload).toHaveBeenCalledTimes(2);
  expect(screen.media.currentTime).toBeGreaterThan(20);
});

describe('before it is loaded', () => {
  test('a viewer who had paused it and starts it again sees it play', async () => {
    world.stage.pause();
    screen.settings.onFailed();
    await world.run(STEPS_MS.answer / 2);
    await screen.media.play();
    await world.run(1000);
    expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([1, false]);
  });

  test('a pause or an end that its player reports says nothing of the viewer', async () => {
    screen.settings.onFailed();
    await world.run(STEPS_MS.answer / 2);
    for (const type of ['pause', 'ended']) screen.media.dispatchEvent(new Event(type));
    await world.run(STEPS_MS.answer / 2 + STEPS_MS.load / 2);
    screen.media.dispatchEvent(new Event('pause'));
    await world.run(1000);
    expect(screen.media.paused).toBe(false);
  });

  test('a seek that its player reports is not one of the viewer', async () => {
    screen.settings.onFailed();
    await world.run(STEPS_MS.answer + STEPS_MS.load / 2);
    screen.media.dispatchEvent(new Event('seeking'));
    expect(world.stage.currentTime).toBeGreaterThanOrEqual(20);
    await world.run(1000);
    expect(screen.media.currentTime).toBeGreaterThan(20);
  });

  test('the position is where the page seeks, and not the beginning of the new source', async () => {
    screen.settings.onFailed();
    await world.run(STEPS_MS.answer / 2);
    world.stage.currentTime = 10;
    await world.run(STEPS_MS.answer / 2 + STEPS_MS.load / 2);
    expect([screen.reload.mock.calls.length, screen.media.currentTime, world.stage.currentTime]).toEqual([
      1,
      0,
      expect.closeTo(10.05, 1),
    ]);
    await world.run(1000);
    expect(screen.media.currentTime).toBeGreaterThan(10);
    expect(screen.media.currentTime).toBeLessThan(12);
  });

  test('a stage that is closed while the host app answers loads nothing', async () => {
    screen.settings.onFailed();
    await world.run(STEPS_MS.answer / 2);
    world.stage.close();
    await world.run(1000);
    expect([world.renewNow.mock.calls.length, screen.reload.mock.calls.length]).toEqual([1, 0]);
  });

  test('a refusal that nobody awaits is reported to the page', async () => {
    const reportError = vi.fn();
    vi.stubGlobal('reportError', reportError);
    const refusal = new Error('No longer.');
    world.renewNow.mockRejectedValueOnce(refusal);
    screen.settings.onFailed();
    await world.run(100);
    expect(reportError).toHaveBeenCalledExactlyOnceWith(refusal);
    vi.unstubAllGlobals();
  });

  test('a second time, its player’s pause says nothing of the viewer either', async () => {
    screen.settings.onFailed();
    await world.run(ARRIVING_MS);
    screen.settings.onFailed();
    await world.run(1000 + STEPS_MS.answer + STEPS_MS.load / 2);
    expect(screen.reload).toHaveBeenCalledTimes(2);
    screen.media.dispatchEvent(new Event('pause'));
    await world.run(1000);
    expect(screen.media.paused).toBe(false);
  });
});

test('a source that never is loaded counts as failed after 20 seconds', async () => {
  screen.reload.mockImplementationOnce(() => undefined);
  screen.settings.onFailed();
  await world.run(19_900);
  expect(screen.reload).toHaveBeenCalledTimes(1);
  await world.run(2000);
  expect([screen.reload.mock.calls.length, world.onWaiting.mock.calls]).toEqual([2, [[true], [false]]]);
});

test.each([
  ['the player cannot load the source', () => screen.reload],
  ['it refuses the position', () => vi.spyOn(screen.media, 'currentTime', 'set')],
])('an error of the player counts as a failed attempt, and is reported to the page: %s', async (_what, spy) => {
  const reportError = vi.fn();
  vi.stubGlobal('reportError', reportError);
  const failure = new TypeError('The player is broken.');
  screen.reload.mockImplementation(() => {
    Object.assign(screen.media, { paused: true });
    setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), STEPS_MS.load);
  });
  // The position is another one, so that it must be sought.
  screen.settings.onFailed();
  Object.assign(screen.media, { currentTime: 0 });
  spy().mockImplementationOnce(() => {
    throw failure;
  });
  await world.run(900);
  expect([screen.reload.mock.calls.length, world.onWaiting.mock.calls]).toEqual([1, [[true]]]);
  await world.run(1000);
  expect(reportError).toHaveBeenCalledExactlyOnceWith(failure);
  expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([2, false]);
  expect(screen.media.currentTime).toBeGreaterThan(20);
  expect(world.onWaiting.mock.calls).toEqual([[true], [false]]);
  vi.unstubAllGlobals();
});

test('a play() that waits for a source that cannot be played is rejected as that of a video is', async () => {
  world.stage.pause();
  screen.reload.mockImplementation(() => void setTimeout(() => screen.settings.onFailed(), 10));
  screen.settings.onFailed();
  screen.media.play = () => new Promise(() => undefined);
  const refused = expect(world.stage.play()).rejects.toMatchObject({ name: 'NotSupportedError' });
  await world.run(10_000);
  await refused;
  expect(world.onUnplayable.mock.calls).toEqual([[expect.objectContaining({ name: 'NotSupportedError' })]]);
});

test('a stage that is closed in the pause before another attempt asks the host app no more', async () => {
  screen.reload.mockImplementation(() => void setTimeout(() => screen.settings.onFailed(), 10));
  screen.settings.onFailed();
  await world.run(500);
  expect(world.renewNow).toHaveBeenCalledTimes(1);
  world.close();
  await world.run(5000);
  expect(world.renewNow).toHaveBeenCalledTimes(1);
});

test('a grant that arrives while the host app is asked is older than its answer: no second player is prepared', async () => {
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer / 2);
  world.stage.renew(grantOf('second'));
  await world.run(2000);
  expect([screen.reload.mock.calls, world.urls]).toEqual([[[grantOf('renewed')]], [grantOf('first').url]]);
});

test('another failure that is reported while the host app is asked costs no further attempt', async () => {
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer / 2);
  screen.settings.onFailed();
  await world.run(5000);
  expect([screen.reload.mock.calls.length, world.renewNow.mock.calls.length]).toEqual([1, 1]);
});

test('a play() that waits for a source that cannot be played is rejected for that, although the stage is closed then', async () => {
  world.stage.pause();
  world.onUnplayable.mockImplementation(() => world.stage.close());
  screen.reload.mockImplementation(() => void setTimeout(() => screen.settings.onFailed(), 10));
  screen.settings.onFailed();
  screen.media.play = () => new Promise(() => undefined);
  const refused = expect(world.stage.play()).rejects.toMatchObject({ name: 'NotSupportedError' });
  await world.run(10_000);
  await refused;
});

test('a pause of the page before the source is loaded is kept', async () => {
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer / 2);
  world.stage.pause();
  await world.run(1000);
  expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([1, true]);
});

test('a source that fails after the film has ended does not play it again', async () => {
  // A player in a frame may report no pause at the end.
  Object.assign(screen.media, { paused: true });
  screen.media.dispatchEvent(new Event('ended'));
  screen.settings.onFailed();
  await world.run(1000);
  expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([1, true]);
});

test('a grant that is renewed while the reloaded source is on its way waits until that has arrived', async () => {
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  world.stage.renew(grantOf('third'));
  await world.run(10);
  expect([world.onWaiting.mock.calls, world.screens.length]).toEqual([[[true]], 1]);
  await world.run(STEPS_MS.arrive);
  expect(world.urls).toEqual(['first', 'third'].map((name) => grantOf(name).url));
});

test('the position is not that of the beginning while a source that failed after a seek of the viewer is reloaded', async () => {
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  screen.media.currentTime = 40;
  await world.run(30);
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer + STEPS_MS.load / 2);
  expect([screen.reload.mock.calls.length, screen.media.currentTime]).toEqual([2, 0]);
  expect(world.stage.currentTime).toBeGreaterThanOrEqual(40);
});

test('the speed that the page sets while the source is on its way remains when it fails once more', async () => {
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  world.stage.playbackRate = 2;
  screen.settings.onFailed();
  // As each browser does when it loads a source.
  Object.assign(screen.media, { playbackRate: 1 });
  expect(world.stage.playbackRate).toBe(2);
  await world.run(2000);
  expect([screen.reload.mock.calls.length, screen.media.playbackRate]).toEqual([2, 2]);
});

test('where the page seeks while the source is on its way, it continues when it fails once more, also when its player reports no seek', async () => {
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  Object.defineProperty(screen.media, 'currentTime', { configurable: true, writable: true, value: 20 });
  world.stage.currentTime = 40;
  screen.settings.onFailed();
  await world.run(2000);
  expect(screen.reload).toHaveBeenCalledTimes(2);
  expect(screen.media.currentTime).toBeGreaterThan(40);
});

test('a waiting play() resolves when the video plays on its way to the position', async () => {
  screen.media.play = () => {
    screen.media.paused = false;
    return new Promise(() => undefined);
  };
  const settled = vi.fn();
  world.stage.play().then(settled, settled);
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  expect(settled).not.toHaveBeenCalled();
  screen.media.dispatchEvent(new Event('playing'));
  await world.run(10);
  expect([settled.mock.calls, world.onWaiting.mock.calls]).toEqual([[[undefined]], [[true]]]);
});

test('the position does not go back to the beginning while a source that failed on its way is reloaded', async () => {
  screen.settings.onFailed();
  await world.run(ARRIVING_MS);
  screen.settings.onFailed();
  await world.run(1000 + STEPS_MS.answer + STEPS_MS.load / 2);
  expect([screen.reload.mock.calls.length, screen.media.currentTime]).toEqual([2, 0]);
  expect(world.stage.currentTime).toBeGreaterThanOrEqual(20);
});
