import { inspect } from 'node:util';
import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { describeFailingSteps } from '../test-support/describe-failing-steps.ts';
import { FailingDisk } from '../test-support/failing-disk.ts';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { offsetOf, patch, sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
const anna = { userId: 'anna' };
const disk = new FailingDisk();

describe('a full disk', () => {
  test.each([
    ['ENOSPC', 'open'],
    ['EDQUOT', 'open'],
    // No space is left to reserve.
    ['ENOSPC', 'handle.writeFile'],
  ])('%s of %s when an upload is created', async (code, name) => {
    disk.failOn(code, name);
    await expect(disk.running.storage.getUploadUrl(requestFor(bytes))).rejects.toMatchObject({
      ...{ code: 'BACKEND_FULL', retryable: false, backendName: 'local', operation: 'getUploadUrl' },
    });
    expect(await disk.tree()).toEqual([]);
  });

  test('while bytes arrive: 507, the bytes before stay, and sending continues when there is space', async () => {
    const film = await paddedVideo(2_000_000);
    const ticket = await disk.running.storage.getUploadUrl(requestFor(film));
    await patch(tusUrl(ticket), 0, film.subarray(0, 500_000));
    let writes = 5;
    disk.failBy((name) => {
      if (name === 'handle.write') writes -= 1;
      return name === 'handle.write' && writes < 0 ? 'ENOSPC' : undefined;
    });
    const refused = await patch(tusUrl(ticket), 500_000, film.subarray(500_000));
    expect(refused.status).toBe(507);
    expect(await refused.text()).not.toMatch(/ENOSPC|secret|path/);
    expect(disk.running.log.at(-1)).toMatchObject({ event: 'upload.failed', code: 'BACKEND_FULL' });
    disk.recover();
    const offset = await offsetOf(tusUrl(ticket));
    expect(offset).toBeGreaterThan(500_000);
    expect(offset).toBeLessThan(2_000_000);
    await sendByTus(tusUrl(ticket), film);
    expect(await disk.running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test('when the video is confirmed: nothing half-written, and confirming again succeeds', async () => {
    const ticket = await disk.uploaded(bytes);
    const before = await disk.tree();
    disk.failOn('ENOSPC', 'handle.writeFile');
    const confirm = () => disk.running.storage.confirmUpload(ticket.uploadReference, anna);
    await expect(confirm()).rejects.toMatchObject({ code: 'BACKEND_FULL' });
    const [id] = ticket.videoId.split('-');
    expect(await disk.tree()).toEqual(expect.arrayContaining(before));
    expect((await disk.tree()).filter((name) => !/^uploads\/[0-9a-f]{32}\.([0-9]+-)?[0-9a-f]{32}$/.test(name))).toEqual(
      [],
    );
    expect(await disk.running.storage.videoExists(ticket.videoId)).toBe(false);
    disk.recover();
    expect(await confirm()).toMatchObject({ status: 'ready' });
    const shown = (await disk.tree()).filter((name) => name.startsWith('videos/'));
    expect(shown).toEqual([`videos/${id}`, `videos/${id}/source.mp4`]);
  });
});

test('a video can be deleted on a full disk, which is what frees space', async () => {
  const { storage } = disk.running;
  const upload = async () => storage.confirmUpload((await disk.uploaded(bytes)).uploadReference, anna);
  const [first, second] = [await upload(), await upload()];
  const isThere = ({ videoId }: { readonly videoId: string }) => storage.videoExists(videoId);
  let isFull = true;
  const fill = () => {
    isFull = true;
    disk.failBy((name) => {
      // The last step of a delete that frees bytes.
      if (name === 'rmdir') isFull = false;
      return isFull && name === 'handle.writeFile' ? 'ENOSPC' : undefined;
    });
  };
  fill();
  expect(await storage.deleteVideo(first.videoId)).toEqual({ purged: true });
  expect([await isThere(first), await isThere(second)]).toEqual([false, true]);
  expect(await disk.tree()).toHaveLength(2);
  // The reserved space is used up; the next upload reserves some again.
  fill();
  await expect(storage.deleteVideo(second.videoId)).rejects.toMatchObject({ code: 'BACKEND_FULL' });
  expect(await isThere(second)).toBe(true);
  disk.recover();
  await storage.getUploadUrl(requestFor(bytes));
  fill();
  expect(await storage.deleteVideo(second.videoId)).toEqual({ purged: true });
});

test('the reserved space is used on a full disk only: a failing disk is an outage', async () => {
  const { storage } = disk.running;
  const { videoId } = await storage.confirmUpload((await disk.uploaded(bytes)).uploadReference, anna);
  disk.failOn('EIO', 'handle.writeFile');
  await expect(storage.deleteVideo(videoId)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  expect(await storage.videoExists(videoId)).toBe(true);
});

test('an upload can be cancelled on a full disk: freeing its bytes makes space for the record', async () => {
  const { storage } = disk.running;
  const { uploadReference } = await disk.uploaded(bytes);
  let removed = 0;
  disk.failBy((name) => {
    // The first removal is that of the draft which could not be written.
    if (name === 'rm') removed += 1;
    return removed < 2 && name === 'handle.writeFile' ? 'ENOSPC' : undefined;
  });
  await storage.abortUpload(uploadReference, anna);
  expect(await disk.tree()).toEqual([]);
  await expect(storage.confirmUpload(uploadReference, anna)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
});

describe('a failing disk', () => {
  test('EIO while the file is inspected is not "no video": nothing is removed', async () => {
    const ticket = await disk.uploaded(bytes);
    disk.failOn('EIO', 'handle.read');
    await expect(disk.running.storage.confirmUpload(ticket.uploadReference, anna)).rejects.toMatchObject({
      ...{ code: 'BACKEND_UNAVAILABLE', retryable: true },
    });
    disk.recover();
    expect(await disk.running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test.each([
    ['EACCES', 'BACKEND_REFUSED'],
    ['EROFS', 'BACKEND_REFUSED'],
    ['EMFILE', 'BACKEND_THROTTLED'],
    ['EIO', 'BACKEND_UNAVAILABLE'],
    ['ESTALE', 'BACKEND_UNAVAILABLE'],
  ])('%s is %s', async (systemCode, code) => {
    disk.failOn(systemCode, 'open', 'readdir', 'lstat');
    await expect(disk.running.storage.getUploadUrl(requestFor(bytes))).rejects.toMatchObject({ code });
    await expect(disk.running.storage.listVideos()).rejects.toMatchObject({ code });
    await expect(disk.running.storage.videoExists(`${'0'.repeat(32)}-mp4`)).rejects.toMatchObject({ code });
    await expect(disk.running.storage.deleteVideo(`${'0'.repeat(32)}-mp4`)).rejects.toMatchObject({ code });
  });

  test('an error shows no path, neither itself nor as JSON; its cause stays on the server', async () => {
    disk.failOn('EIO', 'open');
    const error = await disk.running.storage.getUploadUrl(requestFor(bytes)).catch((thrown: unknown) => thrown);
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/secret|EIO|videostorage-local/);
    expect(inspect(error)).toContain('EIO');
  });

  test('playback: 503 when the file cannot be opened or read', async () => {
    const { videoId } = await disk.running.storage.confirmUpload((await disk.uploaded(bytes)).uploadReference, anna);
    const { url } = await disk.running.storage.getPlaybackUrl(videoId);
    disk.failOn('EIO', 'open');
    expect((await fetch(url)).status).toBe(503);
    expect(disk.running.log.at(-1)).toMatchObject({ event: 'playback.denied', code: 'BACKEND_UNAVAILABLE', videoId });
    disk.failOn('EIO', 'handle.read');
    expect((await fetch(url)).status).toBe(503);
    disk.recover();
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(bytes.length);
  });

  test('a corrupt record is an error, and never an absent video', async () => {
    const { videoId } = await disk.running.storage.confirmUpload((await disk.uploaded(bytes)).uploadReference, anna);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${disk.running.folder}/records/${videoId.slice(0, 32)}.json`, '{"version":1');
    await expect(disk.running.storage.getVideoMetadata(videoId)).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
    });
    expect((await fetch((await disk.running.storage.getPlaybackUrl(videoId)).url)).status).toBe(503);
    await expect(disk.running.storage.deleteVideo(videoId)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });
});

test('a video whose bytes a failing disk has lost can be deleted', async () => {
  const { videoId } = await disk.running.storage.confirmUpload((await disk.uploaded(bytes)).uploadReference, anna);
  const { rm } = await import('node:fs/promises');
  await rm(`${disk.running.folder}/videos/${videoId.slice(0, 32)}/source.mp4`);
  await disk.running.storage.deleteVideo(videoId.replace(/mp4$/, 'webm'));
  expect(await disk.running.storage.videoExists(videoId)).toBe(true);
  expect(await disk.running.storage.deleteVideo(videoId)).toEqual({ purged: true });
  expect(await disk.running.storage.videoExists(videoId)).toBe(false);
});

test('a folder that is gone, as when its disk is not mounted, is an outage and never "no such video"', async () => {
  const ticket = await disk.uploaded(bytes);
  const { videoId } = await disk.running.storage.confirmUpload((await disk.uploaded(bytes)).uploadReference, anna);
  const { url } = await disk.running.storage.getPlaybackUrl(videoId);
  const { rename } = await import('node:fs/promises');
  await rename(disk.running.folder, `${disk.running.folder}-elsewhere`);
  const { storage } = disk.running;
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
  await rename(`${disk.running.folder}-elsewhere`, disk.running.folder);
  expect(await storage.videoExists(videoId)).toBe(true);
  expect(await storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
});

// Only some steps of each call fail here; in the full tests each of them does.
describeFailingSteps(disk, { every: 6 });
