import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeMedia } from '../../test-support/fake-media.ts';
import { becomeAudible } from './become-audible.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => vi.useRealTimers());

const { signal } = new AbortController();

/** Two players that play, the second one muted, and the result. */
function both() {
  const [from, to] = [new FakeMedia(10, true), new FakeMedia(10, true)];
  Object.assign(from, { volume: 0.5 });
  Object.assign(to, { muted: true });
  return { from, to };
}

/** Undefined while it is undecided. */
function asked({ from, to }: ReturnType<typeof both>) {
  let answer: boolean | undefined;
  becomeAudible(to, from, signal).then((isAudible) => {
    answer = isAudible;
  }, expect.unreachable);
  return async (passedMs: number) => {
    await vi.advanceTimersByTimeAsync(passedMs);
    return answer;
  };
}

describe('a second one', () => {
  test('that is given up meanwhile leaves the first one as loud as before, at once', async () => {
    const { from, to } = both();
    const controller = new AbortController();
    void becomeAudible(to, from, controller.signal);
    controller.abort();
    await vi.advanceTimersByTimeAsync(20);
    expect(from.muted).toBe(false);
  });

  test('becomes as loud as the first, which is muted until the browser has had time to stop the second', async () => {
    const { from, to } = both();
    const after = asked({ from, to });
    expect([to.volume, to.muted, from.muted]).toEqual([0.5, false, true]);
    expect([await after(140), from.muted]).toEqual([undefined, true]);
    expect([await after(20), from.muted]).toEqual([true, false]);
    expect([from.listeners, to.listeners]).toEqual([0, 0]);
  });

  test('that the browser stops is rejected at once, and the first one continues as loud as before', async () => {
    const { from, to } = both();
    const after = asked({ from, to });
    await after(5);
    to.pause();
    expect([await after(0), from.muted, from.volume]).toEqual([false, false, 0.5]);
  });

  test.each(['muted', 'paused', 'ended'])('need not become audible when the first one is %s', async (state) => {
    const { from, to } = both();
    Object.defineProperty(from, state, { value: true });
    expect([await asked({ from, to })(0), to.muted]).toEqual([true, state === 'muted']);
  });

  test('that stops with the first one, or at its end, was not stopped by the browser', async () => {
    const paused = both();
    const afterPause = asked(paused);
    paused.from.pause();
    paused.to.pause();
    expect(await afterPause(0)).toBe(true);
    const ended = both();
    const afterEnd = asked(ended);
    ended.to.currentTime = 60;
    ended.to.pause();
    expect(await afterEnd(0)).toBe(true);
  });
});
