import { BackendError, NotUploadedError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';

const { signal } = new AbortController();
const temporary = (retryAfterMs?: number) => new BackendError('BACKEND_UNAVAILABLE', 'away', { retryAfterMs });

function recording(random = 1) {
  const waits: number[] = [];
  const clock = { now: () => 0, sleep: async (delayMs: number) => void waits.push(delayMs) };
  return { waits, backOff: new BackOff(clock, () => random) };
}

test('the maximum wait doubles from 250 ms to 20 s, for twelve waits; the thirteenth failure is final', async () => {
  const { waits, backOff } = recording();
  for (let times = 0; times < 12; times++) await backOff.wait(temporary(), signal);
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000, 20_000, 20_000]);
  const error = temporary();
  await expect(backOff.wait(error, signal)).rejects.toBe(error);
});

test('reset() starts over at 250 ms', async () => {
  const { waits, backOff } = recording();
  for (let times = 0; times < 12; times++) await backOff.wait(temporary(), signal);
  backOff.reset();
  await backOff.wait(temporary(), signal);
  expect(waits.at(-1)).toBe(250);
});

test('a wait is random between 0 and its maximum, and never shorter than Retry-After', async () => {
  const { waits, backOff } = recording(0.1);
  await backOff.wait(temporary(), signal);
  await backOff.wait(temporary(7000), signal);
  expect(waits).toEqual([25, 7000]);
});

test.each([
  [0, 0],
  [0.0999, 24],
])('with the random number %d the first wait is %i ms: a whole number, which may be 0', async (random, waitMs) => {
  const { waits, backOff } = recording(random);
  await backOff.wait(temporary(), signal);
  expect(waits).toEqual([waitMs]);
});

test('a Retry-After of two minutes is waited for, one of a millisecond more is not', async () => {
  const { waits, backOff } = recording();
  await backOff.wait(temporary(120_000), signal);
  expect(waits).toEqual([120_000]);
  await expect(backOff.wait(temporary(120_001), signal)).rejects.toMatchObject({ retryAfterMs: 120_001 });
});

test.each([new NotUploadedError(), new TypeError('a fault of the page'), undefined])(
  '%s is thrown without a wait',
  async (error) => {
    const { waits, backOff } = recording();
    await expect(backOff.wait(error, signal)).rejects.toBe(error);
    expect(waits).toEqual([]);
  },
);
