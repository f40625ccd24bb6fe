import { expect, test } from 'vitest';
import { SpeedMeter } from './speed-meter.ts';

type Sample = readonly [atMs: number, bytes: number];

function meterOf(...samples: readonly Sample[]): SpeedMeter {
  const meter = new SpeedMeter();
  for (const [atMs, bytes] of samples) meter.add(atMs, bytes);
  return meter;
}

test.each<readonly [string, readonly Sample[], number]>([
  ['no sample', [], 0],
  ['one sample', [[5, 100]], 0],
  [
    'two samples at one time',
    [
      [5, 0],
      [5, 100],
    ],
    0,
  ],
  [
    'two samples a second apart',
    [
      [1000, 300],
      [2000, 1300],
    ],
    1000,
  ],
  [
    'a fraction',
    [
      [0, 0],
      [3000, 2],
    ],
    1,
  ],
  [
    'two samples however far apart',
    [
      [0, 0],
      [20_000, 40_000],
    ],
    2000,
  ],
  [
    'eight seconds',
    [
      [0, 0],
      [4000, 8000],
      [8000, 8000],
    ],
    1000,
  ],
  [
    'a millisecond more than eight seconds, without the first sample',
    [
      [0, 0],
      [4000, 8000],
      [8001, 8000],
    ],
    0,
  ],
  [
    'fewer bytes than before, which starts over',
    [
      [0, 0],
      [1000, 9000],
      [2000, 4000],
      [3000, 5000],
    ],
    1000,
  ],
  [
    'as many bytes as before, which does not',
    [
      [0, 0],
      [1000, 9000],
      [2000, 9000],
    ],
    4500,
  ],
  [
    'a clock that is set back, which starts over',
    [
      [5000, 0],
      [6000, 9000],
      [1000, 9000],
      [2000, 9500],
    ],
    500,
  ],
])('the speed over %s', (_, samples, bytesPerSecond) => {
  expect(meterOf(...samples).bytesPerSecond).toBe(bytesPerSecond);
});

test('after reset() the speed is not known until there are two samples again', () => {
  const meter = meterOf([0, 0], [1000, 1000]);
  meter.reset();
  expect(meter.bytesPerSecond).toBe(0);
  meter.add(2000, 1000);
  meter.add(3000, 1500);
  expect(meter.bytesPerSecond).toBe(500);
});
