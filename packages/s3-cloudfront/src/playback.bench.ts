import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('signing playback, against the signature alone and against the AWS signer with a PEM', {
  timeout: 120_000,
}, async () => {
  const program = new URL('../proof/playback-figures.proof.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@videostorage/source', program]);
  console.log(stdout);
  const figures = new Map(stdout.split('\n').map((line) => line.split(': ') as [string, string]));
  const figure = (name: string) => Number(figures.get(name));
  // Ratios within one run, so a slow machine makes both sides slow.
  expect(figure('RSA signed URL of the bare signature (goal 0.90)')).toBeGreaterThan(0.9);
  expect(figure('P-256 signed URL of the bare signature (goal 0.75)')).toBeGreaterThan(0.75);
  expect(figure('RSA signed URL against the AWS signer with a PEM')).toBeGreaterThan(1.5);
  expect(figure('P-256 getPlaybackUrl of the bare signature (goal 0.65)')).toBeGreaterThan(0.3);
  expect(figure('repeated playback within a window against a cold RSA signature (goal 50)')).toBeGreaterThan(10);
});
