import { systemClock } from '@videostorage/core';
import { vi } from 'vitest';

/** What a page waits for another one that does the same upload. */
const LOCK_PATIENCE_MS = 2000;

/** Lets the pages of this test refuse an upload that another one holds without that wait: its holder is held back until then. */
export function refuseSoon(): void {
  const { sleep } = systemClock;
  vi.spyOn(systemClock, 'sleep').mockImplementation((delayMs, signal) =>
    sleep(delayMs === LOCK_PATIENCE_MS ? 0 : delayMs, signal),
  );
}
