import type { ChaosReport } from './run-chaos.ts';

/** Whether nothing was lost, repeated, left over or reported twice, and at least 99.9 % of the uploads have become a video. */
export function isSound(report: ChaosReport, uploads: number): boolean {
  const { lost, repeated, orphans, reportedTwice, known } = report;
  return lost === 0 && repeated === 0 && orphans === 0 && reportedTwice === 0 && known >= 0.999 * uploads;
}
