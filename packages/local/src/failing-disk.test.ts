import { readdir } from 'node:fs/promises';
import { inspect } from 'node:util';
import { RetryHandler } from '@videostorage/core';
import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeFailingSteps } from '../test-support/describe-failing-steps.ts';
import { failingFiles, fileError } from '../test-support/failing-files.ts';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { offsetOf, patch, sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };
let running: RunningStorage;
/** What the disk does now, by the name of the function. */
let disk: (name: string) => string | undefined;

beforeEach(async () => {
  disk = () => undefined;
  running = await startStorage({
    // One attempt: what is tested is the failure, not its healing.
    retryHandler: new RetryHandler({ maxAttempts: 1 }),
    fileFunctions: failingFiles((name) => {
      const code = disk(name);
      return code === undefined ? undefined : Promise.reject(fileError(code, name));
    }),
  });
});
afterEach(() => running.stop());

const failOn = (code: string, ...names: readonly string[]) => {
  disk = (name) => (names.includes(name) ? code : undefined);
};
const recover = () => {
  disk = () => undefined;
};
async function tree(): Promise<string[]> {
  const found = await readdir(running.folder, { recursive: true });
  return found.filter((name) => /^(uploads|videos)./.test(name)).sort();
}
async function uploaded() {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  return ticket;
}

describe('a full disk', () => {
  test.each(['ENOSPC', 'EDQUOT'])('%s when an upload is created', async (code) => {
    failOn(code, 'open');
    await expect(running.storage.getUploadUrl(requestFor(bytes))).rejects.toMatchObject({
      ...{ code: 'BACKEND_FULL', retryable: false, backendName: 'local', operation: 'getUploadUrl' },
    });
    expect(await tree()).toEqual([]);
  });

  test('while bytes come in: 507, what came before stays, and sending goes on when there is space', async () => {
    const film = await paddedVideo(2_000_000);
    const ticket = await running.storage.getUploadUrl(requestFor(film));
    await patch(tusUrl(ticket), 0, film.subarray(0, 500_000));
    let writes = 5;
    disk = (name) => {
      if (name === 'handle.write') writes -= 1;
      return name === 'handle.write' && writes < 0 ? 'ENOSPC' : undefined;
    };
    const refused = await patch(tusUrl(ticket), 500_000, film.subarray(500_000));
    expect(refused.status).toBe(507);
    expect(await refused.text()).not.toMatch(/ENOSPC|secret|path/);
    expect(running.log.at(-1)).toMatchObject({ event: 'upload.failed', code: 'BACKEND_FULL' });
    recover();
    const offset = await offsetOf(tusUrl(ticket));
    expect(offset).toBeGreaterThan(500_000);
    expect(offset).toBeLessThan(2_000_000);
    await sendByTus(tusUrl(ticket), film);
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test('when the video is confirmed: nothing half-written, and confirming again succeeds', async () => {
    const ticket = await uploaded();
    const before = await tree();
    failOn('ENOSPC', 'handle.writeFile');
    const confirm = () => running.storage.confirmUpload(ticket.uploadReference, anna);
    await expect(confirm()).rejects.toMatchObject({ code: 'BACKEND_FULL' });
    const [id] = ticket.videoId.split('-');
    expect(await tree()).toEqual(expect.arrayContaining(before));
    expect((await tree()).filter((name) => !/^uploads\/[0-9a-f]{32}\.([0-9]+-)?[0-9a-f]{32}$/.test(name))).toEqual([]);
    expect(await running.storage.videoExists(ticket.videoId)).toBe(false);
    recover();
    expect(await confirm()).toMatchObject({ status: 'ready' });
    const shown = (await tree()).filter((name) => name.startsWith('videos/'));
    expect(shown).toEqual([`videos/${id}`, `videos/${id}/source.mp4`]);
  });
});

describe('a failing disk', () => {
  test('EIO while the file is inspected is not "no video": nothing is removed', async () => {
    const ticket = await uploaded();
    failOn('EIO', 'handle.read');
    await expect(running.storage.confirmUpload(ticket.uploadReference, anna)).rejects.toMatchObject({
      ...{ code: 'BACKEND_UNAVAILABLE', retryable: true },
    });
    recover();
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test.each([
    ['EACCES', 'BACKEND_REFUSED'],
    ['EROFS', 'BACKEND_REFUSED'],
    ['EMFILE', 'BACKEND_THROTTLED'],
    ['EIO', 'BACKEND_UNAVAILABLE'],
    ['ESTALE', 'BACKEND_UNAVAILABLE'],
  ])('%s is %s', async (systemCode, code) => {
    failOn(systemCode, 'open', 'readdir', 'lstat');
    await expect(running.storage.getUploadUrl(requestFor(bytes))).rejects.toMatchObject({ code });
    await expect(running.storage.listVideos()).rejects.toMatchObject({ code });
    await expect(running.storage.videoExists(`${'0'.repeat(32)}-mp4`)).rejects.toMatchObject({ code });
    await expect(running.storage.deleteVideo(`${'0'.repeat(32)}-mp4`)).rejects.toMatchObject({ code });
  });

  test('an error shows no path, neither itself nor as JSON; its cause stays on the server', async () => {
    failOn('EIO', 'open');
    const error = await running.storage.getUploadUrl(requestFor(bytes)).catch((thrown: unknown) => thrown);
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/secret|EIO|videostorage-local/);
    expect(inspect(error)).toContain('EIO');
  });

  test('playback: 503 when the file cannot be opened or read', async () => {
    const { videoId } = await running.storage.confirmUpload((await uploaded()).uploadReference, anna);
    const { url } = await running.storage.getPlaybackUrl(videoId);
    failOn('EIO', 'open');
    expect((await fetch(url)).status).toBe(503);
    expect(running.log.at(-1)).toMatchObject({ event: 'playback.denied', code: 'BACKEND_UNAVAILABLE', videoId });
    failOn('EIO', 'handle.read');
    expect((await fetch(url)).status).toBe(503);
    recover();
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(bytes.length);
  });

  test('a spoilt record is an error, and never an absent video', async () => {
    const { videoId } = await running.storage.confirmUpload((await uploaded()).uploadReference, anna);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${running.folder}/records/${videoId.slice(0, 32)}.json`, '{"version":1');
    await expect(running.storage.getVideoMetadata(videoId)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    expect((await fetch((await running.storage.getPlaybackUrl(videoId)).url)).status).toBe(503);
    await expect(running.storage.deleteVideo(videoId)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });
});

test('a video whose bytes a failing disk has lost can be removed', async () => {
  const { videoId } = await running.storage.confirmUpload((await uploaded()).uploadReference, anna);
  const { rm } = await import('node:fs/promises');
  await rm(`${running.folder}/videos/${videoId.slice(0, 32)}/source.mp4`);
  await running.storage.deleteVideo(videoId.replace(/mp4$/, 'webm'));
  expect(await running.storage.videoExists(videoId)).toBe(true);
  expect(await running.storage.deleteVideo(videoId)).toEqual({ purged: true });
  expect(await running.storage.videoExists(videoId)).toBe(false);
});

test('a folder that is gone, as when its disk is not mounted, is an outage and never "no such video"', async () => {
  const ticket = await uploaded();
  const { videoId } = await running.storage.confirmUpload((await uploaded()).uploadReference, anna);
  const { url } = await running.storage.getPlaybackUrl(videoId);
  const { rename } = await import('node:fs/promises');
  await rename(running.folder, `${running.folder}-elsewhere`);
  const { storage } = running;
  const calls = [
    () => storage.videoExists(videoId),
    () => storage.getVideoMetadata(videoId),
    () => storage.deleteVideo(videoId),
    () => storage.listVideos(),
    () => storage.confirmUpload(ticket.uploadReference, anna),
    () => storage.abortUpload(ticket.uploadReference, anna),
    () => storage.getUploadUrl(requestFor(bytes)),
    () => storage.maintenance.sweep().then(({ failures }) => Promise.reject(failures[0])),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  expect((await fetch(url)).status).toBe(503);
  expect((await fetch(tusUrl(ticket), { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } })).status).toBe(503);
  await rename(`${running.folder}-elsewhere`, running.folder);
  expect(await storage.videoExists(videoId)).toBe(true);
  expect(await storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
});

// A few steps of each call; the full tests let each of them fail.
describeFailingSteps({ every: 6 });
