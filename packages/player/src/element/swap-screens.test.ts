import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { swapScreens } from './swap-screens.ts';

let controller: AbortController;
let isStill: boolean;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  vi.stubGlobal('document', { visibilityState: 'visible' });
  controller = new AbortController();
  isStill = false;
});
afterEach(() => vi.useRealTimers());

/** The result after this many seconds; undefined while it is not decided. */
async function swap(from: FakeMedia, to: FakeMedia, seconds: number, meanwhile = () => {}) {
  let result: boolean | undefined;
  const bounds = { signal: controller.signal, isStill: () => isStill };
  const swapping = swapScreens(from, to, bounds).then((value) => {
    result = value;
  });
  meanwhile();
  for (let passedMs = 0; passedMs < seconds * 1000 && result === undefined; passedMs += 10) {
    await vi.advanceTimersByTimeAsync(10);
  }
  if (result !== undefined) {
    await swapping;
    expect([from.listeners, to.listeners]).toEqual([0, 0]);
  }
  return result;
}

describe('while the first one plays', () => {
  test('the second waits ahead of it, starts when the first arrives, and is near it then', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    let startedAt = 0;
    const play = to.play.bind(to);
    to.play = () => {
      startedAt = from.currentTime;
      return play();
    };
    expect(await swap(from, to, 2)).toBe(true);
    expect(startedAt).toBeGreaterThanOrEqual(10.249);
    expect(startedAt).toBeLessThan(10.3);
    expect(to.sought).toEqual([expect.closeTo(10.4, 3)]);
    expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
    expect(to.currentTime - from.currentTime).toBeLessThan(0.2);
  });

  test.each([0.5, 2])('at speed %d it is ahead by the same time, and as fast', async (rate) => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    from.playbackRate = rate;
    expect(await swap(from, to, 2)).toBe(true);
    expect(to.playbackRate).toBe(rate);
    expect(to.sought).toEqual([expect.closeTo(10 + 0.4 * rate, 3)]);
  });

  test('a second one that is too late waits twice as far ahead, muted and paused until then', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.seekMs = 1000;
    const pause = vi.spyOn(to, 'pause');
    expect(await swap(from, to, 10)).toBe(true);
    const leads = to.sought.map((target, index) => Math.round((target - (to.sought[index - 1] ?? 10)) * 10) / 10);
    expect(to.sought.length).toBeGreaterThan(1);
    expect(pause).toHaveBeenCalledTimes(to.sought.length - 1);
    expect(leads[0]).toBe(0.4);
    expect(Math.abs(from.currentTime - to.currentTime)).toBeLessThanOrEqual(0.3);
  });

  test('a second one that is always too late is abandoned after eight attempts, and is paused', async () => {
    const [from, to] = [new FakeMedia(0, true), new FakeMedia()];
    [from.duration, to.duration, to.seekMs] = [600, 600, 7000];
    expect(await swap(from, to, 100)).toBe(false);
    expect(to.sought).toHaveLength(8);
    expect(to.paused).toBe(true);
  });

  test('in a hidden tab it may be two seconds off', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' });
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.seekMs = 2000;
    expect(await swap(from, to, 5)).toBe(true);
    expect(to.sought).toHaveLength(1);
    expect(from.currentTime - to.currentTime).toBeGreaterThan(0.3);
  });

  test('at a higher speed it may be further ahead, in proportion', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    from.playbackRate = 2;
    to.startAhead = 0.25;
    expect(await swap(from, to, 5)).toBe(true);
    expect(to.sought).toHaveLength(1);
    expect(to.currentTime - from.currentTime).toBeGreaterThan(0.3);
  });

  test('at a lower speed it may be ahead by as much of the film', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    from.playbackRate = 0.5;
    to.startAhead = 0.15;
    expect(await swap(from, to, 5)).toBe(true);
    expect(to.sought).toHaveLength(1);
  });

  test('a second one that takes longer to start begins earlier the next time, and is not behind', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.startMs = 300;
    expect(await swap(from, to, 5)).toBe(true);
    expect(to.sought).toHaveLength(2);
    expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
    expect(to.currentTime - from.currentTime).toBeLessThan(0.2);
  });

  test('a second one that starts too far ahead begins later the next time', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.startAhead = 0.2;
    const play = vi.spyOn(to, 'play');
    expect(await swap(from, to, 5)).toBe(true);
    expect(play).toHaveBeenCalledTimes(2);
    expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
    expect(to.currentTime - from.currentTime).toBeLessThanOrEqual(0.3);
  });

  test('players that report their positions four times a second: the picture does not go back', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    for (const each of [from, to]) each.reportEvery(250);
    to.startMs = 200;
    expect(await swap(from, to, 10)).toBe(true);
    expect(to.picture - from.picture).toBeGreaterThanOrEqual(0);
    expect(to.picture - from.picture).toBeLessThanOrEqual(0.3);
  });

  test('near the end the second one waits at the end, not after it', async () => {
    const [from, to] = [new FakeMedia(59.8, true), new FakeMedia()];
    await swap(from, to, 1);
    expect(to.sought[0]).toBe(60);
  });

  test('a viewer who pauses meanwhile finds the second one paused at the same place', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    expect(await swap(from, to, 2, () => setTimeout(() => from.pause(), 200))).toBe(true);
    expect([to.paused, to.currentTime]).toEqual([true, from.currentTime]);
    expect(to.sought).toHaveLength(2);
  });

  test('when the viewer seeks, the second one follows', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    const seek = () => {
      from.currentTime = 40;
    };
    expect(await swap(from, to, 3, () => setTimeout(seek, 200))).toBe(true);
    expect(to.sought.at(-1)).toBeGreaterThan(40);
    expect(Math.abs(from.currentTime - to.currentTime)).toBeLessThan(0.3);
  });

  test('when the first one’s source delivers nothing more, the second takes over at its position', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    expect(await swap(from, to, 5, () => from.stall())).toBe(true);
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
    expect(await swap(from, to, 1.2, load)).toBe(true);
    expect(to.sought).toEqual([10]);
  });

  test('a second one that was slow is not behind a first one that has played on and stalled: it seeks again', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.seekMs = 3000;
    const stall = () => {
      from.stall();
      from.dispatchEvent(new Event('timeupdate'));
    };
    expect(await swap(from, to, 10, () => setTimeout(stall, 2400))).toBe(true);
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
    expect(await swap(from, to, 5)).toBe(true);
    expect(to.sought).toEqual([expect.closeTo(10.4, 3), 11.6, 10]);
    expect(to.currentTime).toBeCloseTo(10, 0);
  });

  test('a second one that has been waiting ahead takes over from a first one that stalls there', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    expect(await swap(from, to, 5, () => setTimeout(() => from.stall(), 100))).toBe(true);
    expect(to.sought).toEqual([expect.closeTo(10.4, 1)]);
    expect(to.currentTime - from.currentTime).toBeGreaterThan(0.3);
  });

  test('when the browser does not allow the second one to play, it ends at once', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.mayPlay = false;
    expect(await swap(from, to, 2)).toBe(false);
    expect(to.sought).toHaveLength(1);
  });
});

describe('while the first one is paused', () => {
  test('the second one seeks to the same frame, and does not play', async () => {
    const [from, to] = [new FakeMedia(12), new FakeMedia()];
    from.playbackRate = 1.5;
    const play = vi.spyOn(to, 'play');
    expect(await swap(from, to, 1)).toBe(true);
    expect([to.currentTime, to.playbackRate, to.paused]).toEqual([12, 1.5, true]);
    expect(play).not.toHaveBeenCalled();
  });

  test('when the viewer seeks meanwhile, the second one follows', async () => {
    const [from, to] = [new FakeMedia(12), new FakeMedia()];
    to.seekMs = 100;
    const seek = () => {
      from.currentTime = 33;
    };
    expect(await swap(from, to, 1, () => setTimeout(seek, 50))).toBe(true);
    expect(to.sought).toEqual([12, 33]);
  });
});

test('when the viewer continues a first one that does not move, the second one plays too', async () => {
  const [from, to] = [new FakeMedia(12), new FakeMedia()];
  from.stall();
  to.seekMs = 100;
  expect(await swap(from, to, 2, () => setTimeout(() => void from.play(), 50))).toBe(true);
  expect(to.paused).toBe(false);
});

describe('the first one continues alone', () => {
  test.each([
    ['playing', true],
    ['paused', false],
  ])('when it must stay, %s', async (_name, isPlaying) => {
    isStill = true;
    const [from, to] = [new FakeMedia(10, isPlaying), new FakeMedia()];
    expect(await swap(from, to, 1)).toBe(false);
    expect(to.sought).toEqual([]);
  });

  test.each([true, false])('when it must stay at the last moment (playing: %s)', async (isPlaying) => {
    const [from, to] = [new FakeMedia(10, isPlaying), new FakeMedia()];
    const keep = () => {
      isStill = true;
    };
    expect(await swap(from, to, 2, () => setTimeout(keep, 15))).toBe(false);
    expect(to.sought).toHaveLength(1);
  });

  test('when it has ended', async () => {
    const [from, to] = [new FakeMedia(60, true), new FakeMedia()];
    expect(await swap(from, to, 1)).toBe(false);
    expect(to.sought).toEqual([]);
  });

  test('when the second one is not loaded in 15 seconds', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.duration = Number.NaN;
    expect(await swap(from, to, 14.9)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect([from.listeners, to.listeners]).toEqual([0, 0]);
    expect(to.sought).toEqual([]);
  });

  test('when the second one does not arrive in 15 seconds', async () => {
    const [from, to] = [new FakeMedia(10), new FakeMedia()];
    to.seekMs = 20_000;
    expect(await swap(from, to, 15.1)).toBe(false);
  });

  test('when it is stopped: no listener and no timer is left', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.duration = Number.NaN;
    expect(await swap(from, to, 1, () => setTimeout(() => controller.abort(), 100))).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
