import { type Clock, RetryHandler, systemClock } from '@videostorage/core';

const SLOWNESS = 10;

const slowClock: Clock = {
  now: () => performance.now() / SLOWNESS,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs * SLOWNESS, signal),
};

/**
 * The usual retries, but at once, and with deadlines ten times as long: a run neither waits, nor gives up on a request because the
 * computer is busy, so that what it counts depends on the faults alone.
 */
export function patientRetries(): RetryHandler {
  return new RetryHandler({ clock: slowClock, random: () => 0 });
}
