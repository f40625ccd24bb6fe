import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/** Steps back that a later step forward may take back; an older one counts as the clock's new time. */
const MAX_STEPS_BACK = 16;

/**
 * A clock's time as a measure: it never goes back and is always a number, whatever an injected clock says. Readings that are
 * not finite are passed over; one before the last is where the measure goes on from, so that turning a clock back stops
 * nothing and ends no pause early. A step forward that is as long as the step back before it takes that back: a clock that
 * swings adds no time that has not passed.
 */
export function steadyNow(clock: Pick<Clock, 'now'>): () => number {
  let lastMs = clock.now();
  let steadyMs = lastMs;
  const stepsBack: number[] = [];
  return () => {
    const nowMs = clock.now();
    if (!Number.isFinite(nowMs)) return steadyMs;
    let stepMs = nowMs - lastMs;
    lastMs = nowMs;
    if (stepMs < 0) {
      if (stepsBack.push(-stepMs) > MAX_STEPS_BACK) stepsBack.shift();
      return steadyMs;
    }
    for (let back = stepsBack.at(-1); back !== undefined && back <= stepMs; back = stepsBack.at(-1)) {
      stepsBack.pop();
      stepMs -= back;
    }
    steadyMs += stepMs;
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
