import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('creating uploads, signing part URLs and importing, measured by a plain program', {
  timeout: 120_000,
}, async () => {
  const program = new URL('../proof/upload-figures.proof.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@videostorage/source', program]);
  console.log(stdout);
  const figures = new Map(stdout.split('\n').map((line) => line.split(': ') as [string, string]));
  const figure = (name: string) => Number(figures.get(name));
  expect(figure('getUploadUrl, requests')).toBe(1);
  expect(figure('getUploadUrl of one look, createPresignedPost and one HMAC (goal 0.60)')).toBeGreaterThan(0.4);
  expect(figure('part URLs of the presigner in a loop')).toBeGreaterThan(1);
  expect(figure('import of the package, milliseconds')).toBeGreaterThan(0);
  const stall = 'longest stall of the event loop, milliseconds';
  expect(figure(stall)).toBeLessThan(figure('longest stall with the presigner in a loop, milliseconds') / 2);
});
