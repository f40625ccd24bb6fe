import type { Clock } from '../contract/primitives.ts';
import { systemClock } from './system-clock.ts';

/** A constant: creating an error with its stack for each timer would cost more than everything else. */
const STOPPED = new Error('The timer was stopped.');

/**
 * Calls `onEnd` once, after `delayMs` of the clock, unless the returned function is called before. On the system's clock it uses
 * a plain timer: the promise, signal and listener of a `sleep` cost ten times as much.
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
