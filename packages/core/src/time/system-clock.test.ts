import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const left = (signal: AbortSignal) => [vi.getTimerCount(), getEventListeners(signal, 'abort').length];

test('a sleep that ends keeps neither its timer nor its listener', async () => {
  const { signal } = new AbortController();
  const sleep = systemClock.sleep(1000, signal);
  expect(left(signal)).toEqual([1, 1]);
  vi.advanceTimersByTime(999);
  expect(left(signal)).toEqual([1, 1]);
  vi.advanceTimersByTime(1);
  await sleep;
  expect(left(signal)).toEqual([0, 0]);
});

test('a sleep without a signal ends too', async () => {
  const sleep = systemClock.sleep(1000);
  vi.advanceTimersByTime(1000);
  await expect(sleep).resolves.toBeUndefined();
});

test('an aborted sleep rejects with the reason, and keeps neither', async () => {
  const caller = new AbortController();
  const reason = new Error('enough');
  const sleep = systemClock.sleep(1000, caller.signal);
  caller.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  expect(left(caller.signal)).toEqual([0, 0]);
});

test('with a signal that has aborted already it starts nothing', async () => {
  const signal = AbortSignal.abort(new Error('gone'));
  await expect(systemClock.sleep(1000, signal)).rejects.toThrow('gone');
  expect(left(signal)).toEqual([0, 0]);
});
