import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@videostorage/core';

/** The computer's own time, for an emulator that no test gives a clock. Waiting ends with the signal, and leaves no timer. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) => delay(delayMs, undefined, signal === undefined ? {} : { signal }),
};
