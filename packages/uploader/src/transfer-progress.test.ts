import { expect, test } from 'vitest';
import { TransferProgress } from './transfer-progress.ts';

function progressOf(totalBytes: number) {
  let nowMs = 0;
  const progress = new TransferProgress(totalBytes, () => nowMs);
  const at = (ms: number) => {
    nowMs = ms;
  };
  return { progress, at };
}

test('upchunk#146: bytes in flight never add up to the whole file', () => {
  const { progress } = progressOf(100);
  progress.setInFlight(1, 100);
  expect(progress.snapshot(false, true).sentBytes).toBe(99);
  progress.setInFlight(1, 0);
  expect(progress.snapshot(false, true).sentBytes).toBe(0);
  progress.arrive(100);
  expect(progress.snapshot(false, true).sentBytes).toBe(100);
});

test('bytes of all requests in flight are added up, and no longer count when they are stopped', () => {
  const { progress } = progressOf(100);
  progress.arrive(10);
  progress.setInFlight(1, 20);
  progress.setInFlight(2, 30);
  expect(progress.snapshot(false, true).sentBytes).toBe(60);
  progress.stop();
  expect(progress.snapshot(false, true).sentBytes).toBe(10);
});

test('speed and time left are those of the last eight seconds, and absent while nothing is sent', () => {
  const { progress, at } = progressOf(100_000);
  for (let second = 0; second <= 20; second++) {
    at(second * 1000);
    // A fast beginning no longer counts.
    progress.setInFlight(1, second < 10 ? second * 5000 : 45_000 + (second - 9) * 1000);
  }
  expect(progress.snapshot(false, true)).toMatchObject({ sentBytes: 56_000, bytesPerSecond: 1000, secondsLeft: 44 });
  expect(progress.snapshot(false, false)).toEqual({ sentBytes: 56_000, totalBytes: 100_000, bytesPerSecond: 0 });
});

test('a dropped connection is not a negative speed', () => {
  const { progress, at } = progressOf(100_000);
  progress.setInFlight(1, 50_000);
  at(1000);
  progress.setInFlight(1, 0);
  at(2000);
  progress.setInFlight(1, 3000);
  expect(progress.snapshot(false, true).bytesPerSecond).toBe(3000);
});

test('bytes that arrive without having been reported in flight count for the speed too', () => {
  const { progress, at } = progressOf(100_000);
  progress.arrive(0);
  at(2000);
  progress.arrive(50_000);
  expect(progress.snapshot(false, true)).toMatchObject({ bytesPerSecond: 25_000, secondsLeft: 2 });
});

test('a single byte in flight counts, and of a complete upload all bytes do', () => {
  const { progress } = progressOf(100);
  progress.setInFlight(1, 1);
  expect(progress.snapshot(false, true).sentBytes).toBe(1);
  expect(progress.snapshot(true, false).sentBytes).toBe(100);
});

test('the speed is as steady between two parts as within one, and the sent bytes never decrease', () => {
  const { progress, at } = progressOf(100_000);
  const seen: number[] = [];
  for (let tenth = 1; tenth <= 50; tenth++) {
    at(tenth * 100);
    progress.setInFlight(1, ((tenth - 1) % 10) * 100 + 100);
    if (tenth % 10 === 0) progress.arrive(tenth * 100, 1);
    const { sentBytes, bytesPerSecond } = progress.snapshot(false, true);
    seen.push(sentBytes);
    if (tenth > 1) expect(bytesPerSecond).toBe(1000);
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
