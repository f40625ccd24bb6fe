import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('signing playback, against what it cannot be faster than and against the AWS signer', {
  timeout: 120_000,
}, async () => {
  const program = new URL('../proof/playback-figures.proof.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@videostorage/source', program]);
  console.log(stdout);
  const figures = new Map(stdout.split('\n').map((line) => line.split(': ') as [string, string]));
  const figure = (name: string) => Number(figures.get(name));
  expect(figure('RSA signed URL of its limit (goal 0.90)')).toBeGreaterThan(0.5);
  expect(figure('RSA signed URL against the AWS signer with a PEM (goal 3)')).toBeGreaterThan(1.5);
  expect(figure('P-256 getPlaybackUrl of its limit (goal 0.65)')).toBeGreaterThan(0.3);
  expect(figure('repeated playback within a window against a cold RSA signature (goal 50)')).toBeGreaterThan(10);
});
