import { expect, test } from 'vitest';
import { loseNothing, seed, uploads } from '../test-support/lose-nothing.ts';
import { startFailingS3 } from './failing-s3.ts';
import { naiveHostApp } from './naive-host-app.ts';
import { runChaos } from './run-chaos.ts';

test(
  `T-K1: ${uploads} uploads through a failing s3-cloudfront lose nothing with VideoService (seed ${seed})`,
  () => loseNothing(startFailingS3),
  600_000,
);

test(`the naive order loses what closed tabs have sent, so this run would notice (seed ${seed})`, async () => {
  const report = await runChaos({ uploads: 40, seed, start: startFailingS3, hostApp: naiveHostApp });
  expect(report.endings['tab closed']).toBeGreaterThan(0);
  expect(report.lost).toBe(report.endings['tab closed']);
}, 600_000);
