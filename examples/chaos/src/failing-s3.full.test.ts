import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loseInNaiveOrder } from '../test-support/lose-in-naive-order.ts';
import { loseNothing, seed, uploads } from '../test-support/lose-nothing.ts';
import { startFailingS3 } from './failing-s3.ts';

test(
  `T-K1: ${uploads} uploads through a failing s3-cloudfront lose nothing with VideoService (seed ${seed})`,
  () => loseNothing(startFailingS3),
  600_000,
);

test(
  `the naive order loses videos of closed tabs, leaves their bytes and reports twice what is confirmed twice, so this run detects such faults (seed ${seed})`,
  () => loseInNaiveOrder(startFailingS3),
  600_000,
);

test('`npm run chaos` prints what each host app loses on each provider, and exits with 0 when VideoService loses nothing', async () => {
  const program = join(import.meta.dirname, 'main.ts');
  const args = ['--conditions=@videostorage/source', program, '--uploads', '20', '--seed', String(seed)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(': ', 1)[0])).toEqual([
    ...['s3-cloudfront, VideoService', 's3-cloudfront, naive order'],
    ...['cloudflare-stream, VideoService', 'cloudflare-stream, naive order'],
  ]);
  expect(lines.filter((line) => line.includes('"lost":0,"repeated":0,"orphans":0,"reportedTwice":0'))).toHaveLength(2);
}, 600_000);
