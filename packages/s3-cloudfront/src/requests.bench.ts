import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('requests and bytes of a confirm of 1 GiB, and of a thousand deletes', { timeout: 300_000 }, async () => {
  const program = new URL('../proof/request-figures.proof.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@videostorage/source', program]);
  console.log(stdout);
  const figures = new Map(stdout.split('\n').map((line) => line.split(': ') as [string, string]));
  const figure = (name: string) => Number(figures.get(name));
  expect(figure('confirm of 1 GiB, requests')).toBeLessThanOrEqual(20);
  expect(figure('confirm of 1 GiB, bytes read of the video')).toBeLessThanOrEqual(2 ** 20);
  // One DeleteObjects for each two hundred of them comes on top.
  expect(figure('deleteVideos of 1 000, requests a video, first call (goal 3)')).toBeLessThanOrEqual(3.005);
  expect(figure('deleteVideos of 1 000, requests a video, while the edges purge')).toBeLessThanOrEqual(3);
  // No request is made for videos that are deleted or that wait for their turn.
  expect(figure('deleteVideos of 1 000, requests a video, when all is done')).toBe(0);
  expect(figure('deleteVideos of 1 000 by path, requests a video until all is done')).toBeLessThanOrEqual(12);
});
