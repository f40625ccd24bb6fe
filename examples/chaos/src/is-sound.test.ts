import { expect, test } from 'vitest';
import { isSound } from './is-sound.ts';
import type { ChaosReport } from './run-chaos.ts';

const report: ChaosReport = {
  ...{ endings: { confirmed: 950, 'tab closed': 49, 'gave up': 1 }, known: 999, lost: 0, repeated: 0, orphans: 0 },
  reportedTwice: 0,
  requests: { total: 9000, lookUps: 0 },
};

test('a run is sound when nothing is lost, repeated, left over or reported twice, and at most one in a thousand has not succeeded', () => {
  expect(isSound(report, 1000)).toBe(true);
  expect(isSound({ ...report, known: 998 }, 1000)).toBe(false);
  for (const fault of [{ lost: 1 }, { repeated: 1 }, { orphans: 1 }, { reportedTwice: 1 }, { orphans: Number.NaN }]) {
    expect(isSound({ ...report, ...fault }, 1000)).toBe(false);
  }
});
