import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { SwapWorld } from '../../test-support/swap-world.ts';

let world: SwapWorld;
const swap: SwapWorld['swap'] = (...swapped) => world.swap(...swapped);
beforeEach(() => {
  world = new SwapWorld();
});
afterEach(() => vi.useRealTimers());

test('when the first one’s source delivers nothing more, the second takes over at its position', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  expect(await swap(from, to, 5, () => from.stall())).toBe('ready');
  expect(from.currentTime).toBe(10);
  expect(to.paused).toBe(false);
});

test('when the first one’s source stalled before the second was loaded, the second takes over at its position exactly', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  to.duration = Number.NaN;
  const load = () => {
    from.stall();
    setTimeout(() => Object.assign(to, { duration: 60 }), 1000);
  };
  expect(await swap(from, to, 1.2, load)).toBe('ready');
  expect(to.sought).toEqual([10]);
});

test('a second one that was slow is not behind a first one that has played on and stalled: it seeks again', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  to.seekMs = 3000;
  const stall = () => {
    from.stall();
    from.dispatchEvent(new Event('timeupdate'));
  };
  expect(await swap(from, to, 10, () => setTimeout(stall, 2400))).toBe('ready');
  expect(from.currentTime).toBeCloseTo(12.4, 1);
  expect(to.sought).toEqual([expect.closeTo(10.4, 1), from.currentTime]);
  expect(to.currentTime).toBeGreaterThanOrEqual(from.currentTime);
});

test('a second one that starts far ahead of a stalled first one seeks again', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  from.stall();
  const play = to.play.bind(to);
  vi.spyOn(to, 'play').mockImplementationOnce(() => {
    to.currentTime = 11.6;
    return play();
  });
  expect(await swap(from, to, 5)).toBe('ready');
  expect(to.sought).toEqual([expect.closeTo(10.4, 3), 10, 11.6, 10]);
  expect(to.currentTime).toBeCloseTo(10, 0);
});

test.each([0, 3000])(
  'a second one that has been waiting ahead goes back to where the first one stalls, seeking for %d ms before',
  async (seekMs) => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.seekMs = seekMs;
    const stall = () => {
      to.seekMs = 20;
      from.stall();
      from.dispatchEvent(new Event('timeupdate'));
    };
    expect(await swap(from, to, 8, () => setTimeout(stall, 100))).toBe('ready');
    expect(to.sought).toEqual([expect.closeTo(10.4, 1), from.currentTime]);
    expect(to.currentTime - from.currentTime).toBeLessThan(0.1);
  },
);

test.each([
  [0.29, 1],
  [0.4, 4],
  [0.9, 5],
  [1.9, 6],
])('a second one that starts %d s ahead of a stalled first one takes over at attempt %d', async (ahead, attempts) => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  from.stall();
  await vi.advanceTimersByTimeAsync(600);
  const play = vi.spyOn(to, 'play');
  to.startAhead = ahead - 0.02;
  // Stalled before it is observed for half a second, so that the first attempt is one from there too.
  to.duration = Number.NaN;
  const load = () => setTimeout(() => Object.assign(to, { duration: 60 }), 600);
  expect(await swap(from, to, 20, load)).toBe('ready');
  expect(play).toHaveBeenCalledTimes(attempts);
});
test('when the viewer continues a first one that does not move, the second one plays too', async () => {
  const [from, to] = [new FakeMedia(12), new FakeMedia()];
  from.stall();
  to.seekMs = 100;
  expect(await swap(from, to, 2, () => setTimeout(() => void from.play(), 50))).toBe('ready');
  expect(to.paused).toBe(false);
});

test('a start beside a stalled first one says nothing of the time that the second one needs to start', async () => {
  const [from, to] = [new FakeMedia(10), new FakeMedia()];
  from.startMs = 100_000;
  void from.play();
  to.startMs = 100;
  const start = to.play.bind(to);
  const play = vi.spyOn(to, 'play').mockImplementationOnce(() => {
    to.currentTime = 10.5;
    Object.assign(to, { startMs: 0, startAhead: 0.01 });
    const playing = start();
    Object.assign(to, { startMs: 100, startAhead: 0 });
    // The first one continues.
    from.startMs = 0;
    void from.play();
    return playing;
  });
  expect(await swap(from, to, 10)).toBe('ready');
  expect(play).toHaveBeenCalledTimes(3);
});

test('in a hidden tab too it may be further ahead of a stalled first one at the last attempts', async () => {
  vi.stubGlobal('document', { visibilityState: 'hidden' });
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  from.stall();
  to.startAhead = 2.5;
  expect(await swap(from, to, 20)).toBe('ready');
});
