import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/**
 * A clock's time as a measure: it never goes back and is always a number, whatever an injected clock says. Readings that are
 * not finite are passed over; one before the last is where the measure goes on from, so that turning a clock back stops
 * nothing and ends no pause early.
 */
export function steadyNow(clock: Pick<Clock, 'now'>): () => number {
  let lastMs = clock.now();
  let steadyMs = lastMs;
  return () => {
    const nowMs = clock.now();
    if (!Number.isFinite(nowMs)) return steadyMs;
    steadyMs += Math.max(0, nowMs - lastMs);
    lastMs = nowMs;
    return steadyMs;
  };
}

/** The clock with `steadyNow`; it sleeps as before. */
export function steadyClock(clock: Clock): Clock {
  // The very function, by which `startTimer` knows the computer's own timers.
  const { sleep } = clock;
  return {
    now: steadyNow(clock),
    sleep: sleep === systemClock.sleep ? sleep : (delayMs, signal) => clock.sleep(delayMs, signal),
  };
}
