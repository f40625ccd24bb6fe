import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/** How many steps back are kept, to be undone by a later step forward; older ones count as the clock's new time. */
const MAX_STEPS_BACK = 16;

/**
 * Makes a monotonic time of any clock: it never goes back and is always finite. A reading that is not finite is ignored. After
 * a step back the time continues from where it was, so that setting a clock back neither stops a wait nor ends a pause early. A
 * step forward that is at least as long as the last step back undoes that, so that a clock that swings adds no time.
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

/** The clock with the time of `steadyNow`; its `sleep` is the same. */
export function steadyClock(clock: Clock): Clock {
  // The same function object, by which `startTimer` recognises the system's clock.
  const { sleep } = clock;
  return {
    now: steadyNow(clock),
    sleep: sleep === systemClock.sleep ? sleep : (delayMs, signal) => clock.sleep(delayMs, signal),
  };
}
