import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failingFiles } from '../test-support/failing-files.ts';
import { requestFor, SECRET, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';
import { LocalStorage } from './local-storage.ts';

const bytes = await fixtures.moovFirst.read();
let running: RunningStorage;
let looked: string[];
let videoId: string;
let url: string;

beforeEach(async () => {
  looked = [];
  const fileFunctions = failingFiles((name, [path]) => {
    if (name === 'lstat') looked.push(String(path));
    return undefined;
  });
  running = await startStorage({ fileFunctions });
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  ({ videoId } = await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' }));
  ({ url } = await running.storage.getPlaybackUrl(videoId));
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await running.stop();
});

/** Plays a part, and returns the files that were checked for it. */
async function filesCheckedFor(part: string): Promise<readonly string[]> {
  looked = [];
  const response = await running.storage.fetch(new Request(url, { headers: { Range: part } }));
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 10]);
  return looked.map((path) => path.slice(running.folder.length + 1).replaceAll(videoId.slice(0, 32), 'id'));
}

test('the record is checked for each part, the file and its folder once a second', async () => {
  const all = ['records/id.json', 'videos/id', 'videos/id/source.mp4'];
  expect(new Set(await filesCheckedFor('bytes=0-9'))).toEqual(new Set(all));
  expect(await filesCheckedFor('bytes=10-19')).toEqual(['records/id.json']);
  vi.advanceTimersByTime(999);
  expect(await filesCheckedFor('bytes=10-19')).toEqual(['records/id.json']);
  vi.advanceTimersByTime(1);
  expect(new Set(await filesCheckedFor('bytes=20-29'))).toEqual(new Set(all));
});

test('a delete by another process ends it with the next part', async () => {
  await filesCheckedFor('bytes=0-9');
  const other = new LocalStorage({ folder: running.folder, baseUrl: running.baseUrl, referenceSecrets: [SECRET] });
  await other.deleteVideo(videoId);
  const { status } = await running.storage.fetch(new Request(url, { headers: { Range: 'bytes=10-19' } }));
  expect(status).toBe(404);
});
