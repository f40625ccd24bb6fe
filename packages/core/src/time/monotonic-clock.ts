import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/**
 * Time that nobody can turn back or forth, for measuring how long something takes: whole milliseconds since the process
 * began, so that sums are exact. Not the date.
 */
export const monotonicClock: Clock = {
  now: () => Math.floor(performance.now()),
  sleep: systemClock.sleep,
};
