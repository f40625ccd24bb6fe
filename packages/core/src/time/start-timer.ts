import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/** A constant, since making a DOMException with its stack for each timer costs more than all the rest. */
const STOPPED = new Error('The timer was stopped.');

/**
 * Calls `onEnd` once, after so long by the clock, unless the function that is returned is called before.
 * The computer's own time is asked for a bare timer: the promise, signal and listener of a `sleep` cost ten times as much.
 */
export function startTimer(clock: Clock, delayMs: number, onEnd: () => void): () => void {
  if (clock.sleep === systemClock.sleep) {
    const timer = setTimeout(onEnd, delayMs);
    return () => clearTimeout(timer);
  }
  const stopped = new AbortController();
  clock.sleep(delayMs, stopped.signal).then(onEnd, ignoreStop);
  return () => stopped.abort(STOPPED);
}

function ignoreStop(): void {}
