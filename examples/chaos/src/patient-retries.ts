import { type Clock, RetryHandler, systemClock } from '@videostorage/core';

const SLOWNESS = 10;

const slowClock: Clock = {
  now: () => performance.now() / SLOWNESS,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs * SLOWNESS, signal),
};

/**
 * The usual retries, but without waits, and with deadlines ten times as long: a run neither waits nor abandons a request
 * because the computer is busy, so that its counts depend only on the faults.
 */
export function patientRetries(): RetryHandler {
  return new RetryHandler({ clock: slowClock, random: () => 0 });
}
