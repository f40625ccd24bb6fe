import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { SwapWorld } from '../../test-support/swap-world.ts';

let world: SwapWorld;
const swap: SwapWorld['swap'] = (...swapped) => world.swap(...swapped);
beforeEach(() => {
  world = new SwapWorld();
});
afterEach(() => vi.useRealTimers());

describe('while the first one plays', () => {
  test('the second waits ahead of it, starts when the first arrives, and is near it then', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    let startedAt = 0;
    const play = to.play.bind(to);
    to.play = () => {
      startedAt = from.currentTime;
      return play();
    };
    expect(await swap(from, to, 2)).toBe('ready');
    expect(startedAt).toBeGreaterThanOrEqual(10.249);
    expect(startedAt).toBeLessThan(10.3);
    expect(to.sought).toEqual([expect.closeTo(10.4, 3)]);
    expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
    expect(to.currentTime - from.currentTime).toBeLessThan(0.2);
  });

  test.each([0.5, 2])('at speed %d it is ahead by the same time, and as fast', async (rate) => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    from.playbackRate = rate;
    expect(await swap(from, to, 2)).toBe('ready');
    expect(to.playbackRate).toBe(rate);
    expect(to.sought).toEqual([expect.closeTo(10 + 0.4 * rate, 3)]);
  });

  test('a second one that is too late waits twice as far ahead, muted and paused until then', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.seekMs = 1000;
    const pause = vi.spyOn(to, 'pause');
    expect(await swap(from, to, 10)).toBe('ready');
    const leads = to.sought.map((target, index) => Math.round((target - (to.sought[index - 1] ?? 10)) * 10) / 10);
    expect(to.sought.length).toBeGreaterThan(1);
    expect(pause).toHaveBeenCalledTimes(to.sought.length - 1);
    expect(leads[0]).toBe(0.4);
    // It was too late twice, which says nothing about the time that it needs to start.
    expect(leads).toHaveLength(3);
    expect(Math.abs(from.currentTime - to.currentTime)).toBeLessThanOrEqual(0.3);
  });

  test('a second one that is always too late is abandoned after eight attempts, and is paused', async () => {
    const [from, to] = [new FakeMedia(0, true), new FakeMedia()];
    [from.duration, to.duration, to.seekMs] = [600, 600, 7000];
    expect(await swap(from, to, 100)).toBe('failed');
    expect(to.sought).toHaveLength(8);
    expect(to.paused).toBe(true);
  });

  test('in a hidden tab it may be two seconds off', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' });
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.seekMs = 2000;
    expect(await swap(from, to, 5)).toBe('ready');
    expect(to.sought).toHaveLength(1);
    expect(from.currentTime - to.currentTime).toBeGreaterThan(0.3);
  });

  test('in a hidden tab it may not be further off', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' });
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.startAhead = 2.5;
    expect(await swap(from, to, 60)).toBe('failed');
    expect(to.sought).toHaveLength(8);
  });

  test('at a higher speed it may be further ahead, in proportion', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    from.playbackRate = 2;
    to.startAhead = 0.25;
    expect(await swap(from, to, 5)).toBe('ready');
    expect(to.sought).toHaveLength(1);
    expect(to.currentTime - from.currentTime).toBeGreaterThan(0.3);
  });

  test('at a lower speed it may be ahead by as much of the film', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    from.playbackRate = 0.5;
    to.startAhead = 0.15;
    expect(await swap(from, to, 5)).toBe('ready');
    expect(to.sought).toHaveLength(1);
  });

  test('a second one that takes longer to start begins earlier the next time, and is not behind', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.startMs = 300;
    expect(await swap(from, to, 5)).toBe('ready');
    expect(to.sought).toHaveLength(2);
    expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
    expect(to.currentTime - from.currentTime).toBeLessThan(0.2);
  });

  test('a second one that starts too far ahead begins later the next time', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.startAhead = 0.2;
    const play = vi.spyOn(to, 'play');
    expect(await swap(from, to, 5)).toBe('ready');
    expect(play).toHaveBeenCalledTimes(2);
    expect(to.currentTime - from.currentTime).toBeGreaterThanOrEqual(0);
    expect(to.currentTime - from.currentTime).toBeLessThanOrEqual(0.3);
  });

  test('players that report their positions four times a second: the picture does not go back', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    for (const each of [from, to]) each.reportEvery(250);
    to.startMs = 200;
    expect(await swap(from, to, 10)).toBe('ready');
    expect(to.picture - from.picture).toBeGreaterThanOrEqual(0);
    expect(to.picture - from.picture).toBeLessThanOrEqual(0.3);
  });

  test('near the end it continues to its end alone, since a second one would begin anew there', async () => {
    const [from, to] = [new FakeMedia(59.8, true), new FakeMedia()];
    const play = vi.spyOn(to, 'play');
    expect(await swap(from, to, 1)).toBe('ended');
    expect([to.sought, play.mock.calls]).toEqual([[], []]);
  });

  test.each([
    ['is sought back', (from: FakeMedia) => Object.assign(from, { currentTime: 20 }), 20],
    ['stalls', (from: FakeMedia) => from.stall(), 59.7],
    ['pauses', (from: FakeMedia) => from.pause(), 59.7],
  ])('near the end, when it %s, the second one takes over', async (_what, change, position) => {
    const [from, to] = [new FakeMedia(59.61, true), new FakeMedia()];
    expect(await swap(from, to, 2, () => setTimeout(() => change(from), 90))).toBe('ready');
    expect(to.currentTime).toBeGreaterThanOrEqual(position);
    expect(to.currentTime).toBeLessThan(position + 1);
    expect(to.paused).toBe(from.paused);
  });

  test('one that stands still at its end without having ended keeps no second one busy', async () => {
    const [from, to] = [new FakeMedia(60, true), new FakeMedia()];
    Object.defineProperty(from, 'ended', { value: false });
    expect(await swap(from, to, 2)).toBe('failed');
    expect(to.sought).toEqual([]);
  });

  test('a viewer who pauses meanwhile finds the second one paused at the same place', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    expect(await swap(from, to, 2, () => setTimeout(() => from.pause(), 200))).toBe('ready');
    expect([to.paused, to.currentTime]).toEqual([true, from.currentTime]);
    expect(to.sought).toHaveLength(2);
  });

  test('when the viewer seeks, the second one follows', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    const seek = () => {
      from.currentTime = 40;
    };
    expect(await swap(from, to, 3, () => setTimeout(seek, 200))).toBe('ready');
    expect(to.sought.at(-1)).toBeGreaterThan(40);
    expect(Math.abs(from.currentTime - to.currentTime)).toBeLessThan(0.3);
  });

  test('when the viewer seeks far back, the second one follows at once', async () => {
    const [from, to] = [new FakeMedia(40, true), new FakeMedia()];
    const seek = () => {
      from.currentTime = 10;
    };
    expect(await swap(from, to, 2, () => setTimeout(seek, 100))).toBe('ready');
    expect(to.currentTime).toBeLessThan(12);
  });

  test.each(['timeupdate', 'pause', 'seeking', 'ended'])(
    'in a tab whose timers stand still, the event %s of the first one is enough to look',
    async (type) => {
      for (const position of [10, 59.7]) {
        const [from, to] = [new FakeMedia(position, true), new FakeMedia()];
        const { setInterval } = globalThis;
        Object.assign(globalThis, { setInterval: () => undefined });
        const seeks = vi.spyOn(to, 'currentTime', 'set');
        const outcome = swap(from, to, 3, () => undefined);
        await vi.advanceTimersByTimeAsync(100);
        const before = seeks.mock.calls.length;
        // Paused, it is due, wherever it is.
        from.paused = true;
        await vi.advanceTimersByTimeAsync(500);
        expect(seeks.mock.calls).toHaveLength(before);
        from.dispatchEvent(new Event(type));
        await vi.advanceTimersByTimeAsync(0);
        expect(seeks.mock.calls).toHaveLength(before + 1);
        Object.assign(globalThis, { setInterval });
        expect(await outcome).toBe('ready');
      }
    },
  );

  test('near the end at twice the speed it stays twice as far from it', async () => {
    const [from, to] = [new FakeMedia(59.3, true), new FakeMedia()];
    from.playbackRate = 2;
    expect(await swap(from, to, 1)).toBe('ended');
    expect(to.sought).toEqual([]);
    const other = new FakeMedia(59.3, true);
    other.playbackRate = 2;
    const back = () => {
      other.currentTime = 59.0;
    };
    expect(await swap(other, to, 1, () => setTimeout(back, 50))).toBe('ready');
  });

  test('when the browser does not allow the second one to play, it ends at once', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.mayPlay = false;
    expect(await swap(from, to, 2)).toBe('failed');
    expect(to.sought).toHaveLength(1);
  });
});

describe('while the first one is paused', () => {
  test('the second one seeks to the same frame, and does not play', async () => {
    const [from, to] = [new FakeMedia(12), new FakeMedia()];
    from.playbackRate = 1.5;
    const play = vi.spyOn(to, 'play');
    expect(await swap(from, to, 1)).toBe('ready');
    expect([to.currentTime, to.playbackRate, to.paused]).toEqual([12, 1.5, true]);
    expect(play).not.toHaveBeenCalled();
  });

  test('when the viewer seeks meanwhile, the second one follows', async () => {
    const [from, to] = [new FakeMedia(12), new FakeMedia()];
    to.seekMs = 100;
    const seek = () => {
      from.currentTime = 33;
    };
    expect(await swap(from, to, 1, () => setTimeout(seek, 50))).toBe('ready');
    expect(to.sought).toEqual([12, 33]);
  });
});

describe('the first one continues alone', () => {
  test.each([
    ['playing', true],
    ['paused', false],
  ])('when it must stay, %s', async (_name, isPlaying) => {
    world.isStill = true;
    const [from, to] = [new FakeMedia(10, isPlaying), new FakeMedia()];
    expect(await swap(from, to, 1)).toBe('failed');
    expect(to.sought).toEqual([]);
  });

  test.each([true, false])('when it must stay at the last moment (playing: %s)', async (isPlaying) => {
    const [from, to] = [new FakeMedia(10, isPlaying), new FakeMedia()];
    const keep = () => {
      world.isStill = true;
    };
    if (isPlaying) world.becomeAudible = () => expect.unreachable('It must not be heard.');
    expect(await swap(from, to, 2, () => setTimeout(keep, 15))).toBe('failed');
    expect(to.sought).toHaveLength(1);
  });

  test('when it has ended', async () => {
    const [from, to] = [new FakeMedia(60, true), new FakeMedia()];
    expect(await swap(from, to, 1)).toBe('ended');
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
    expect(await swap(from, to, 15.1)).toBe('failed');
  });

  test('when it is stopped: no listener and no timer is left', async () => {
    const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
    to.duration = Number.NaN;
    expect(await swap(from, to, 1, () => setTimeout(() => world.controller.abort(), 100))).toBe('failed');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a second one that waits again has the speed that the first one has by then', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  to.seekMs = 1000;
  const hurry = () => {
    from.playbackRate = 1.5;
  };
  expect(await swap(from, to, 10, () => setTimeout(hurry, 500))).toBe('ready');
  expect([to.sought.length > 1, to.playbackRate]).toEqual([true, 1.5]);
});

test('a second one that needs time to start is a tenth of a second ahead at the next attempt', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  to.startMs = 300;
  expect(await swap(from, to, 5)).toBe('ready');
  expect(to.currentTime - from.currentTime).toBeCloseTo(0.1, 1);
});

test.each([0.5, 2])('at speed %d the second one starts as long before the first arrives', async (rate) => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  from.playbackRate = rate;
  expect(await swap(from, to, 2)).toBe('ready');
  const aheadSeconds = (to.currentTime - from.currentTime) / rate;
  expect(aheadSeconds).toBeGreaterThan(0.1);
  expect(aheadSeconds).toBeLessThan(0.2);
});

test('a second one whose start the viewer’s pause precedes is not heard while it plays', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  to.startMs = 300;
  const heard: boolean[] = [];
  world.becomeAudible = async () => {
    heard.push(to.paused);
    return true;
  };
  expect(await swap(from, to, 5, () => setTimeout(() => from.pause(), 400))).toBe('ready');
  expect(heard).toEqual([true]);
  expect(to.currentTime).toBeCloseTo(from.currentTime, 1);
});

test('when the viewer seeks far ahead, the second one follows at once, and plays only there', async () => {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia()];
  const play = vi.spyOn(to, 'play');
  const seek = () => {
    from.currentTime = 40;
  };
  expect(await swap(from, to, 3, () => setTimeout(seek, 100))).toBe('ready');
  expect(play).toHaveBeenCalledTimes(1);
  expect(to.sought).toEqual([expect.closeTo(10.4, 1), expect.closeTo(40.4, 1)]);
});

test('a second one that is shorter is not played from its end, where it would begin anew', async () => {
  const [from, to] = [new FakeMedia(62, true), new FakeMedia()];
  from.duration = 70;
  expect(await swap(from, to, 10)).toBe('ended');
  expect(to.sought).toEqual([]);
});
