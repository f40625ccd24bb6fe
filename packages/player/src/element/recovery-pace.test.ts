import { expect, test } from 'vitest';
import { RecoveryPace } from './recovery-pace.ts';

test('a source is loaded again at once, after a second and after two more, at positions less than half a second apart', () => {
  const pace = new RecoveryPace();
  expect([10, 10.4, 10.8, 10.5].map((position) => pace.nextPauseMs(position))).toEqual([0, 1000, 2000, undefined]);
  expect(pace.nextPauseMs(10.5)).toBeUndefined();
});

test('half a second further on it is loaded as often again, also before', () => {
  const pace = new RecoveryPace();
  expect([10, 10, 10.5, 10.5, 10].map((position) => pace.nextPauseMs(position))).toEqual([0, 1000, 0, 1000, 0]);
});
