import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HappyPage } from '../../test-support/happy-page.ts';
import { type StageScreen, StageWorld, stopTime } from '../../test-support/stage-world.ts';

const page = new HappyPage();
afterAll(() => page.close());

let world: StageWorld;
let screen: StageScreen;

/** A stage that begins at 30 s and plays as soon as its first source is loaded. */
beforeEach(async () => {
  page.enter();
  stopTime();
  const begun = StageWorld.begin(undefined, 30);
  world = begun.world;
  await begun.shown;
  screen = world.screen(0);
  await world.stage.play();
});
afterEach(() => {
  world.close();
  vi.useRealTimers();
});

const isLoaded = (type = 'loadedmetadata') => {
  screen.media.duration = 60;
  screen.media.dispatchEvent(new Event(type));
};

test.each(['loadedmetadata', 'durationchange'])(
  'the position is that from which it begins, and the media seeks there when it is loaded (%s), however late',
  async (type) => {
    await vi.advanceTimersByTimeAsync(60_000);
    screen.media.dispatchEvent(new Event(type));
    expect([world.stage.currentTime, screen.media.currentTime]).toEqual([30, 0]);
    isLoaded(type);
    expect(screen.media.currentTime).toBe(30);
    await world.run(1000);
    expect(world.stage.currentTime).toBeCloseTo(31, 1);
  },
);

test('a player that begins there by itself is not sought', () => {
  const seek = vi.spyOn(screen.media, 'currentTime', 'set');
  vi.spyOn(screen.media, 'currentTime', 'get').mockReturnValue(30.01);
  isLoaded();
  expect(seek).not.toHaveBeenCalled();
});

test('where the page seeks before it is loaded, it begins in place of that', () => {
  world.stage.currentTime = 20;
  isLoaded();
  expect(screen.media.currentTime).toBe(20);
});

test('where the page seeks before it is loaded, it begins also when its player forgets that', () => {
  world.stage.currentTime = 20;
  screen.media.currentTime = 0;
  expect(world.stage.currentTime).toBe(20);
  isLoaded();
  expect([screen.media.currentTime, world.stage.currentTime]).toEqual([20, 20]);
});

test('where the viewer seeks afterwards, it stays when its duration changes', () => {
  isLoaded();
  screen.media.dispatchEvent(new Event('seeking'));
  screen.media.currentTime = 5;
  screen.media.dispatchEvent(new Event('seeking'));
  isLoaded('durationchange');
  expect([screen.media.currentTime, world.stage.currentTime]).toEqual([5, 5]);
});

test('a renewed source takes over there at once when the first one is not loaded', async () => {
  const next = await world.renewTo('second');
  expect(next.settings.startAt).toBe(30);
  await world.run(300);
  expect([world.stage.media === next.media, screen.isDisposed]).toEqual([true, true]);
  expect(world.stage.currentTime).toBe(next.media.currentTime);
  expect(next.media.currentTime).toBeGreaterThanOrEqual(30);
  expect(next.media.currentTime).toBeLessThan(30.4);
});

test('a renewed source takes over where the page seeks meanwhile', async () => {
  const next = await world.renewTo('second');
  world.stage.currentTime = 40;
  await world.run(300);
  expect(world.stage.media).toBe(next.media);
  expect(next.media.currentTime).toBeGreaterThanOrEqual(40);
});

test('a renewed source waits there too when the viewer pauses before the first one is loaded', async () => {
  const next = await world.renewTo('second');
  world.stage.pause();
  await world.run(300);
  expect([world.stage.media === next.media, next.media.currentTime, next.media.paused]).toEqual([true, 30, true]);
});

test('a source that fails before it is loaded is reloaded there', async () => {
  screen.reload.mockImplementationOnce(() => void setTimeout(() => isLoaded(), 10));
  screen.settings.onFailed();
  await world.run(500);
  expect(screen.media.currentTime).toBeGreaterThanOrEqual(30);
  expect(world.stage.currentTime).toBe(screen.media.currentTime);
});
