import { afterEach, expect, test, vi } from 'vitest';
import { fileOf, filmBytes, sha256 } from '../test-support/film.ts';
import { impatient, openPage, phasesOf } from '../test-support/open-page.ts';
import { backendNames, UploadHost } from '../test-support/upload-host.ts';

vi.setConfig({ testTimeout: 60_000 });
let host: UploadHost;
afterEach(() => host.stop());

const small = await filmBytes(300_000);
/** Two parts. */
const large = await filmBytes(6_000_000);

test.each(backendNames)('on %s a file is sent directly to the storage, confirmed, and ready', async (name) => {
  host = await UploadHost.start(name);
  const film = name === 's3-parts' ? large : small;
  const upload = openPage(host, { clock: impatient(host) }).upload(fileOf(film), {
    contextId: 'lesson-1',
    custom: { title: 'My film' },
  });
  const phases = phasesOf(upload);
  const video = await upload.done;
  expect(video).toMatchObject({ status: 'ready', contextId: 'lesson-1', sizeBytes: film.length });
  expect(video.custom).toEqual({ title: 'My film' });
  if (!name.startsWith('stream')) expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(film));
  expect(phases.filter((phase) => phase !== 'processing')).toEqual([
    ...['checking', 'asking', 'sending', 'confirming', 'ready'],
  ]);
  expect(upload).toMatchObject({ phase: 'ready', video, error: undefined });
  expect(upload.progress).toEqual({ sentBytes: film.length, totalBytes: film.length, bytesPerSecond: 0 });
  if (name === 's3-parts') {
    // Both parts are signed in one batch, and each is sent once.
    expect(host.requests.filter((line) => line.endsWith('/parts'))).toHaveLength(1);
    expect(host.proxy.uploadedBytes).toBeLessThan(film.length + 100_000);
  }
  expect(upload.file).toEqual({ name: 'film.mp4', sizeBytes: film.length, mimeType: 'video/mp4' });
});
