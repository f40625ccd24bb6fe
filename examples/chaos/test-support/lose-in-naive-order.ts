import { expect } from 'vitest';
import { naiveHostApp } from '../src/naive-host-app.ts';
import { type ChaosSettings, runChaos } from '../src/run-chaos.ts';
import { seed } from './lose-nothing.ts';

/**
 * The same run with a host app that calls the storage first: it loses videos of closed tabs, leaves their bytes, and counts
 * two confirms twice.
 */
export async function loseInNaiveOrder(start: ChaosSettings['start']): Promise<void> {
  const report = await runChaos({ uploads: 40, seed, start, hostApp: naiveHostApp });
  expect(report.endings['tab closed']).toBeGreaterThan(0);
  expect(report.lost).toBe(report.endings['tab closed']);
  expect(report.orphans).toBeGreaterThanOrEqual(report.lost);
  // Both of two simultaneous confirms report the video: without a compare-and-set neither notices the other.
  expect(report.reportedTwice).toBeGreaterThan(0);
}
