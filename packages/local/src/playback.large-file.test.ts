import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtures } from '@videostorage/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
/** Where these bytes begin. The file is sparse: the empty part before them uses no space on the disk. */
const BEGIN_BYTES = 5 * 2 ** 30;
const sizeBytes = BEGIN_BYTES + bytes.length;
let running: RunningStorage;
let url: string;

/** A confirmed video that is made longer than any that a test could send. */
beforeAll(async () => {
  running = await startStorage();
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  const { videoId } = await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' });
  const [uploadId = ''] = videoId.split('-');
  const sourcePath = join(running.folder, 'videos', uploadId, 'source.mp4');
  truncateSync(sourcePath, BEGIN_BYTES);
  appendFileSync(sourcePath, bytes);
  const recordPath = join(running.folder, 'records', `${uploadId}.json`);
  writeFileSync(recordPath, JSON.stringify({ ...JSON.parse(readFileSync(recordPath, 'utf8')), sizeBytes }));
  ({ url } = await running.storage.getPlaybackUrl(videoId));
});
afterAll(() => running.stop());

test.each([
  [`bytes=${BEGIN_BYTES + 100}-${BEGIN_BYTES + 119}`, 100, 120],
  [`bytes=${BEGIN_BYTES + 100}-`, 100, bytes.length],
  ['bytes=-20', bytes.length - 20, bytes.length],
])('beyond 4 GiB %s returns the bytes at that position', async (range, start, end) => {
  const response = await fetch(url, { headers: { Range: range } });
  expect(response.status).toBe(206);
  const contentRange = `bytes ${BEGIN_BYTES + start}-${BEGIN_BYTES + end - 1}/${sizeBytes}`;
  expect(response.headers.get('content-range')).toBe(contentRange);
  expect(Buffer.compare(new Uint8Array(await response.arrayBuffer()), bytes.subarray(start, end))).toBe(0);
});

test('HEAD returns its size', async () => {
  const response = await fetch(url, { method: 'HEAD' });
  expect(response.headers.get('content-length')).toBe(String(sizeBytes));
});
