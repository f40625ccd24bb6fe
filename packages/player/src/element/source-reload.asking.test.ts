import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { grantOf, type StageScreen, StageWorld, stopTime } from '../../test-support/stage-world.ts';

const page = new HappyPage();
afterAll(() => page.close());

/** How long the host app takes to answer, the source to be loaded, and the media to arrive at its position. */
const STEPS_MS = { answer: 1000, load: 100, arrive: 100 };

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

/** Until what the player reports with the failure itself is over. */
const LATER_MS = 600;

describe('while the host app is asked, the player plays what it has buffered', () => {
  beforeEach(async () => {
    screen.settings.onFailed();
    await world.run(LATER_MS);
    expect(screen.reload).not.toHaveBeenCalled();
  });

  test('neither position nor picture go back when it is reloaded', async () => {
    await world.run(STEPS_MS.answer - LATER_MS - 10);
    const [seen, picture] = [world.stage.currentTime, screen.media.currentTime];
    expect(picture).toBeGreaterThan(20.9);
    for (let looks = 0; looks < 100; looks += 1) {
      await world.run(10);
      expect(world.stage.currentTime).toBeGreaterThanOrEqual(seen);
    }
    expect(screen.reload).toHaveBeenCalledTimes(1);
    expect(screen.media.currentTime).toBeGreaterThanOrEqual(picture);
  });

  test('a pause of the viewer is kept', async () => {
    screen.media.pause();
    await world.run(2000);
    expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([1, true]);
  });

  test('a speed of the viewer is kept', async () => {
    screen.media.playbackRate = 2;
    screen.media.dispatchEvent(new Event('ratechange'));
    expect(world.stage.playbackRate).toBe(2);
    await world.run(2000);
    expect([screen.reload.mock.calls.length, screen.media.playbackRate]).toEqual([1, 2]);
  });

  test('a seek of the viewer is kept', async () => {
    seekTakes(10);
    screen.media.currentTime = 5;
    await world.run(2000);
    expect(screen.reload).toHaveBeenCalledTimes(1);
    expect(screen.media.currentTime).toBeGreaterThan(5);
    expect(screen.media.currentTime).toBeLessThan(9);
  });

  test('a film that reaches its end does not play again', async () => {
    Object.assign(screen.media, { paused: true, ended: true });
    for (const type of ['pause', 'ended']) screen.media.dispatchEvent(new Event(type));
    await world.run(2000);
    expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([1, true]);
  });

  test('a play() at the end begins anew', async () => {
    Object.assign(screen.media, { paused: true, ended: true, currentTime: 60 });
    screen.media.dispatchEvent(new Event('ended'));
    void world.stage.play();
    await world.run(2000);
    expect(screen.reload).toHaveBeenCalledTimes(1);
    expect(screen.media.currentTime).toBeLessThan(5);
  });
});

test('a pause that its player reports together with a second failure says nothing of the viewer', async () => {
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer + STEPS_MS.load + STEPS_MS.arrive / 2);
  screen.settings.onFailed();
  screen.media.pause();
  await world.run(4000);
  expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([2, false]);
});

test('the speed that the viewer sets on the way to the position is kept when it fails once more', async () => {
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer + STEPS_MS.load + STEPS_MS.arrive / 2);
  screen.media.playbackRate = 2;
  screen.media.dispatchEvent(new Event('ratechange'));
  screen.settings.onFailed();
  await world.run(4000);
  expect([screen.reload.mock.calls.length, screen.media.playbackRate]).toEqual([2, 2]);
});

test('a play() that the browser has refused does not start the video when it is reloaded', async () => {
  screen.media.pause();
  const refusal = new DOMException('Not without a click.', 'NotAllowedError');
  vi.spyOn(screen.media, 'play').mockRejectedValueOnce(refusal);
  await expect(world.stage.play()).rejects.toBe(refusal);
  screen.settings.onFailed();
  await world.run(3000);
  expect([screen.reload.mock.calls.length, screen.media.paused]).toEqual([1, true]);
});

test('no renewed source is prepared meanwhile, also when another one was being prepared and is given up', async () => {
  screen.reload.mockImplementation(() => {
    Object.assign(screen.media, { paused: true, currentTime: 0 });
    setTimeout(() => screen.media.dispatchEvent(new Event('loadedmetadata')), 15_000);
  });
  world.stage.renew(grantOf('second'));
  await world.run(100);
  screen.settings.onFailed();
  await world.run(STEPS_MS.answer + 100);
  expect(screen.reload).toHaveBeenCalledTimes(1);
  world.stage.renew(grantOf('third'));
  world.screen(1).media.duration = 60;
  await world.run(1000);
  expect(world.urls).toEqual(['first', 'second'].map((name) => grantOf(name).url));
  await world.run(15_000);
  world.screen(-1).media.duration = 60;
  await world.run(20_000);
  expect(world.urls).toEqual(['first', 'second', 'third'].map((name) => grantOf(name).url));
  expect([world.stage.media?.paused, world.onUnplayable.mock.calls.length]).toEqual([false, 0]);
  expect(world.onWaiting.mock.calls).toEqual([[true], [false]]);
});
