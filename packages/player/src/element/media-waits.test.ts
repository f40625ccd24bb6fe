import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { reloadMedia, seekTo, startPlaying, untilLoaded, untilMedia } from './media-waits.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => vi.useRealTimers());

const bound = { timeoutMs: 1000, signal: new AbortController().signal };

/** The result of a wait after that time; undefined while it lasts. */
function after(waiting: Promise<boolean>) {
  let answer: boolean | undefined;
  waiting.then((held) => {
    answer = held;
  }, expect.unreachable);
  return async (passedMs: number) => {
    await vi.advanceTimersByTimeAsync(passedMs);
    return answer;
  };
}

describe('a condition', () => {
  test('that holds resolves at once, without a timer or a listener', async () => {
    const media = new FakeMedia();
    const answer = after(untilMedia(media, ['pause'], () => true, bound));
    expect([await answer(0), media.listeners, vi.getTimerCount()]).toEqual([true, 0, 0]);
  });

  test('is checked every 20 ms, and with each of the events', async () => {
    const media = new FakeMedia();
    let isHeld = false;
    const holds = vi.fn(() => isHeld);
    const answer = after(untilMedia(media, ['pause', 'ended'], holds, bound));
    expect([await answer(19), holds.mock.calls.length]).toEqual([undefined, 1]);
    expect([await answer(1), holds.mock.calls.length]).toEqual([undefined, 2]);
    media.dispatchEvent(new Event('playing'));
    expect(holds).toHaveBeenCalledTimes(2);
    media.dispatchEvent(new Event('pause'));
    expect(holds).toHaveBeenCalledTimes(3);
    isHeld = true;
    media.dispatchEvent(new Event('ended'));
    expect([await answer(0), media.listeners, vi.getTimerCount()]).toEqual([true, 0, 0]);
  });

  test('does not hold at the end of its time, nor after an abort', async () => {
    const answer = after(untilMedia(new FakeMedia(), [], () => false, { ...bound, timeoutMs: 40 }));
    expect([await answer(39), await answer(1)]).toEqual([undefined, false]);
    const controller = new AbortController();
    let isHeld = false;
    const aborted = after(untilMedia(new FakeMedia(), [], () => isHeld, { ...bound, signal: controller.signal }));
    expect(await aborted(20)).toBeUndefined();
    isHeld = true;
    controller.abort();
    expect(await aborted(20)).toBe(false);
  });
});

test.each(['loadedmetadata', 'durationchange'])('media is loaded with %s, when its length is known', async (type) => {
  const media = Object.assign(new FakeMedia(), { duration: Number.NaN });
  const answer = after(untilLoaded(media, bound));
  for (const duration of [Number.NaN, 0]) {
    media.duration = duration;
    media.dispatchEvent(new Event(type));
    expect(await answer(0)).toBeUndefined();
  }
  media.duration = 60;
  media.dispatchEvent(new Event(type));
  expect(await answer(0)).toBe(true);
});

test('another source is loaded when its event occurs, whatever duration the old one has, or not within its time', async () => {
  const media = new FakeMedia();
  const reload = vi.fn(() => undefined);
  const answer = after(reloadMedia(media, reload, bound));
  expect([await answer(20), reload.mock.calls.length]).toEqual([undefined, 1]);
  media.dispatchEvent(new Event('loadedmetadata'));
  expect([await answer(0), media.listeners]).toEqual([true, 0]);
  const never = after(reloadMedia(media, reload, bound));
  expect([await never(999), await never(1), media.listeners]).toEqual([undefined, false, 0]);
});

describe('a seek', () => {
  test('is over when the position is shown', async () => {
    const media = Object.assign(new FakeMedia(), { seekMs: 45 });
    const answer = after(seekTo(media, 30, bound));
    expect([await answer(44), media.sought]).toEqual([undefined, [30]]);
    expect([await answer(1), media.listeners]).toEqual([true, 0]);
  });

  test.each<readonly [number, readonly number[]]>([
    [0.02, []],
    [0.03, [0.03]],
  ])('by %f seconds sets %j: nearer positions count as the same', async (position, sought) => {
    const media = new FakeMedia();
    expect(await after(seekTo(media, position, bound))(20)).toBe(true);
    expect(media.sought).toEqual(sought);
  });
});

describe('a start', () => {
  test('has failed when loading interrupts it, at once', async () => {
    const media = new FakeMedia(10);
    media.play = () => Promise.reject(new DOMException('Loaded anew.', 'AbortError'));
    expect(await after(startPlaying(media, bound))(20)).toBe(false);
  });

  test('has succeeded when the position moves', async () => {
    const media = new FakeMedia(10);
    const answer = after(startPlaying(media, bound));
    expect([await answer(0), await answer(20)]).toEqual([undefined, true]);
  });

  test.each(['timeupdate', 'playing'])('has succeeded with %s, at once', async (type) => {
    const media = new FakeMedia(10);
    const answer = after(startPlaying(media, bound));
    expect(await answer(10)).toBeUndefined();
    media.dispatchEvent(new Event(type));
    expect(await answer(0)).toBe(true);
  });

  test('has failed when the browser does not allow it, or nothing moves in time', async () => {
    const refused = Object.assign(new FakeMedia(10), { mayPlay: false });
    expect(await after(startPlaying(refused, bound))(20)).toBe(false);
    const media = new FakeMedia(10);
    media.stall();
    const stalled = after(startPlaying(media, bound));
    expect([await stalled(999), await stalled(1)]).toEqual([undefined, false]);
  });
});

test('a wait that cannot begin keeps no listener', async () => {
  const media = new FakeMedia();
  const failure = new TypeError('not a position');
  const failing = () => {
    throw failure;
  };
  await expect(reloadMedia(media, failing, bound)).rejects.toBe(failure);
  vi.spyOn(media, 'currentTime', 'set').mockImplementationOnce(failing);
  await expect(seekTo(media, 5, bound)).rejects.toBe(failure);
  expect(media.listeners).toBe(0);
});
