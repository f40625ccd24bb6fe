import { expect } from 'vitest';
import { naiveHostApp } from '../src/naive-host-app.ts';
import { type ChaosSettings, runChaos } from '../src/run-chaos.ts';
import { seed } from './lose-nothing.ts';

/** The same with a host app that asks the storage first: what closed tabs have sent is lost, its bytes are left over, and two confirms count twice. */
export async function loseInNaiveOrder(start: ChaosSettings['start']): Promise<void> {
  const report = await runChaos({ uploads: 40, seed, start, hostApp: naiveHostApp });
  expect(report.endings['tab closed']).toBeGreaterThan(0);
  expect(report.lost).toBe(report.endings['tab closed']);
  expect(report.orphans).toBeGreaterThanOrEqual(report.lost);
  // Of two confirms at once both report the video: without a compare-and-set neither knows of the other.
  expect(report.reportedTwice).toBeGreaterThan(0);
}
