import type { ChaosReport } from './run-chaos.ts';

/** Whether nothing was lost, repeated or left over, and at least 99.9 % of the uploads have become a video. */
export function isSound({ lost, repeated, orphans, known }: ChaosReport, uploads: number): boolean {
  return lost === 0 && repeated === 0 && orphans === 0 && known >= 0.999 * uploads;
}
