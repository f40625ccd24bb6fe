import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/**
 * The time since the process started, in whole milliseconds so that sums are exact. For measuring durations: changes of the
 * system's clock do not affect it, and it is not a date.
 */
export const monotonicClock: Clock = {
  now: () => Math.floor(performance.now()),
  sleep: systemClock.sleep,
};
