import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@videostorage/core';

/** The system's clock, the default of all emulators. `sleep` ends with its signal and removes its timer. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) => delay(delayMs, undefined, signal === undefined ? {} : { signal }),
};
