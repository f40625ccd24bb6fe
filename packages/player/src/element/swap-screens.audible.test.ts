import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { SwapWorld } from '../../test-support/swap-world.ts';

let world: SwapWorld;
beforeEach(() => {
  world = new SwapWorld();
});
afterEach(() => vi.useRealTimers());

/** Becoming audible takes 150 ms, and this happens in the middle of the first time. Counts how often it was tried. */
const whileAudible = (change: () => void) => {
  const become = vi.fn(async () => {
    const isFirst = become.mock.calls.length === 1;
    await new Promise((resolve) => setTimeout(resolve, 80));
    if (isFirst) change();
    await new Promise((resolve) => setTimeout(resolve, 70));
    return true;
  });
  world.becomeAudible = become;
  return become;
};

test('when the viewer seeks, the second one follows, muted again until it is there', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  const muted: boolean[] = [];
  to.muted = true;
  const become = whileAudible(() => {
    to.muted = false;
    from.currentTime = 40;
  });
  world.becomeAudible = () => {
    muted.push(to.muted);
    return become();
  };
  expect(await world.swap(from, to, 5)).toBe('ready');
  expect([become.mock.calls.length, muted]).toEqual([2, [true, true]]);
  expect(to.sought).toEqual([expect.closeTo(10.4, 1), expect.closeTo(40.5, 0)]);
  expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
  expect(to.currentTime - from.currentTime).toBeLessThan(0.3);
});

test('a second one that falls behind meanwhile seeks again', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  const become = whileAudible(() => {
    const { currentTime } = to;
    to.sought.length = 0;
    to.currentTime = currentTime - 0.3;
  });
  expect(await world.swap(from, to, 5)).toBe('ready');
  expect([become.mock.calls.length, to.sought.length]).toEqual([2, 2]);
  expect(to.currentTime).toBeGreaterThanOrEqual(from.currentTime);
});

test('a viewer who pauses finds the second one paused at the same place', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  whileAudible(() => from.pause());
  expect(await world.swap(from, to, 5)).toBe('ready');
  expect([to.paused, to.currentTime]).toEqual([true, from.currentTime]);
});

test.each(['playing', 'paused'])('the first one continues alone when it must stay, %s', async (how) => {
  const [from, to] = [new FakeMedia(10, how === 'playing'), new FakeMedia()];
  const become = whileAudible(() => {
    world.isStill = true;
  });
  expect(await world.swap(from, to, 5)).toBe('failed');
  expect(become.mock.calls.length).toBe(1);
});

test('the first one that ends continues alone', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  whileAudible(() => Object.assign(from, { duration: 10 }));
  expect(await world.swap(from, to, 5)).toBe('ended');
});

test('the first one continues alone when the browser allows no second one to sound', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  world.becomeAudible = async () => false;
  expect(await world.swap(from, to, 5)).toBe('silent');
  expect(to.sought).toHaveLength(1);
});

test('a first one that stalls meanwhile is no reason to seek again', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  to.startAhead = 0.12;
  const become = whileAudible(() => from.stall());
  expect(await world.swap(from, to, 5)).toBe('ready');
  expect([become.mock.calls.length, to.sought.length]).toEqual([1, 1]);
});
