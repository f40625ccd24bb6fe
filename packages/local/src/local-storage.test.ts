import { createHash } from 'node:crypto';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { offsetOf, patch, sendByTus } from '../test-support/sending.ts';

const bytes = await fixtures.moovFirst.read();
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const anna = { userId: 'anna' };
let running: RunningStorage;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  running = await startStorage({ clock });
});
afterEach(() => running.stop());

/** Paths of all files that hold bytes of videos, relative to the folder, sorted. */
async function tree(): Promise<string[]> {
  const found = await readdir(running.folder, { recursive: true });
  return found.filter((name) => /^(uploads|videos)./.test(name)).sort();
}

/** Creates an upload, sends and confirms. */
async function upload(data: Uint8Array = bytes, changes: Parameters<typeof requestFor>[1] = {}) {
  const ticket = await running.storage.getUploadUrl(requestFor(data, changes));
  await sendByTus(tusUrl(ticket), data);
  return running.storage.confirmUpload(ticket.uploadReference, { userId: changes.userId ?? 'anna' });
}

describe('a video', () => {
  test.each([
    fixtures.moovFirst,
    fixtures.moovLast,
    fixtures.fragmented,
    fixtures.rotated,
    fixtures.webm,
    fixtures.quicktime,
    fixtures.matroska,
  ])('$fileName goes up by tus-js-client and comes back byte by byte', async (fixture) => {
    const data = await fixture.read();
    const { fileName, mimeType, widthPixels, heightPixels } = fixture;
    const video = await upload(data, { fileName, mimeType, custom: { title: 'Ein Film' } });
    expect(video).toMatchObject({
      ...{ backendName: 'local', status: 'ready', playable: true, userId: 'anna', contextId: 'lesson-1' },
      ...{ fileName, mimeType, widthPixels, heightPixels, sizeBytes: data.length, custom: { title: 'Ein Film' } },
    });
    expect(video.durationSeconds).toBeCloseTo(fixture.durationSeconds, 0);
    const { url } = await running.storage.getPlaybackUrl(video.videoId);
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe(mimeType);
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(data));
  });

  test('in chunks of any size', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes, { chunkSize: 7001 });
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test('is the same after a restart', async () => {
    const video = await upload();
    running = await running.restart();
    expect(await running.storage.getVideoMetadata(video.videoId)).toEqual(video);
    const { url } = await running.storage.getPlaybackUrl(video.videoId);
    expect(sha256(new Uint8Array(await (await fetch(url)).arrayBuffer()))).toBe(sha256(bytes));
  });

  test('is kept with its claim and its record, and nothing else', async () => {
    const { videoId } = await upload();
    const [id] = videoId.split('-');
    expect(await tree()).toEqual([`videos/${id}`, `videos/${id}/source.mp4`]);
    expect(await readdir(join(running.folder, 'records'))).toEqual([`${id}.json`]);
  });

  test('survives JSON', async () => {
    const video = await upload();
    expect(JSON.parse(JSON.stringify(video))).toEqual(video);
  });
});

describe('creating an upload', () => {
  test('a repeated creation returns the same upload, and keeps what has arrived', async () => {
    const request = requestFor(bytes, { uploadId: '0123456789abcdef'.repeat(2) });
    const first = await running.storage.getUploadUrl(request);
    expect((await patch(tusUrl(first), 0, bytes.subarray(0, 9000))).status).toBe(204);
    clock.advance(60_000);
    const second = await running.storage.getUploadUrl(request);
    expect(second.videoId).toBe(first.videoId);
    expect(await offsetOf(tusUrl(second))).toBe(9000);
    await sendByTus(tusUrl(second), bytes);
    expect(await running.storage.confirmUpload(first.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test('a client that lost the last answer learns after the confirm that all has arrived', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    const first = await running.storage.confirmUpload(ticket.uploadReference, anna);
    expect(await offsetOf(tusUrl(ticket))).toBe(bytes.length);
    for (const offset of [0, bytes.length]) {
      expect((await patch(tusUrl(ticket), offset, bytes.subarray(0, 5))).status).toBe(409);
    }
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toEqual(first);
  });

  test.each([
    ['of another user', { userId: 'bert' }],
    ['of another size', { sizeBytes: 5 }],
    ['of another type', { mimeType: 'video/webm', fileName: 'film.webm' }],
  ])('the same id for a file %s is another file: neither URL writes to or reads from the other', async (_, changes) => {
    const request = requestFor(bytes, { uploadId: 'a'.repeat(32) });
    const first = await running.storage.getUploadUrl(request);
    const other = await running.storage.getUploadUrl({ ...request, ...changes });
    await patch(tusUrl(first), 0, bytes.subarray(0, 1000));
    expect(await offsetOf(tusUrl(other))).toBe(0);
    await patch(tusUrl(other), 0, bytes.subarray(1000, 1003));
    expect(await offsetOf(tusUrl(first))).toBe(1000);
    const swapped = new URL(tusUrl(first));
    swapped.search = new URL(tusUrl(other)).search;
    expect((await patch(swapped.href, 1000, bytes.subarray(1000))).status).toBe(403);
    await sendByTus(tusUrl(first), bytes);
    await running.storage.confirmUpload(first.uploadReference, anna);
  });

  test.each(['avi', 'wmv', 'mxf', 'ogv', 'm2ts'])(
    'a type that browsers do not play (%s) is refused before the upload',
    async (extension) => {
      const request = requestFor(bytes, { fileName: `film.${extension}`, mimeType: '' });
      await expect(running.storage.getUploadUrl(request)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        problems: [{ path: 'mimeType', code: 'TYPE_NOT_ALLOWED' }],
      });
      expect(await tree()).toEqual([]);
    },
  );

  test('the URL holds nothing of the user, and cannot be guessed from the video’s id', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes, { fileName: 'geheim.mp4' }));
    const url = new URL(tusUrl(ticket));
    expect(url.pathname.startsWith(`/media/uploads/${ticket.videoId.split('-')[0]}.${bytes.length}-`)).toBe(true);
    expect([...url.searchParams.keys()].sort()).toEqual(['expires', 'signature']);
    expect(tusUrl(ticket)).not.toMatch(/anna|geheim|lesson/);
    url.searchParams.delete('signature');
    expect((await patch(url.href, 0, bytes)).status).toBe(403);
  });
});

describe('confirming', () => {
  test('before anything has arrived, and half-way', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const confirm = () => running.storage.confirmUpload(ticket.uploadReference, anna);
    await expect(confirm()).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
    await patch(tusUrl(ticket), 0, bytes.subarray(0, bytes.length - 1));
    await expect(confirm()).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
    await patch(tusUrl(ticket), bytes.length - 1, bytes.subarray(-1));
    expect(await confirm()).toMatchObject({ status: 'ready' });
    expect(await confirm()).toEqual(await confirm());
  });

  test('fifty times at once has one outcome', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    const confirms = Array.from({ length: 50 }, () => running.storage.confirmUpload(ticket.uploadReference, anna));
    const videos = await Promise.all(confirms);
    for (const video of videos) expect(video).toEqual(videos[0]);
    expect((await running.storage.listVideos()).videos).toHaveLength(1);
  });

  test.each([
    ['a text', fixtures.text, {}, 'NOT_A_VIDEO'],
    ['a truncated video', fixtures.truncated, {}, 'MALFORMED'],
    ['another container', fixtures.webm, {}, 'TYPE_MISMATCH'],
    ['a video that is too long', fixtures.moovFirst, { maxDurationSeconds: 1 }, 'DURATION_EXCEEDED'],
  ] as const)('%s is refused and removed', async (_, fixture, changes, code) => {
    const data = await fixture.read();
    const ticket = await running.storage.getUploadUrl(requestFor(data, changes));
    await sendByTus(tusUrl(ticket), data);
    const confirm = () => running.storage.confirmUpload(ticket.uploadReference, anna);
    await expect(confirm()).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code } });
    expect(await tree()).toEqual([]);
    // A refusal is the answer of every later confirm.
    await expect(confirm()).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code } });
    expect(await running.storage.videoExists(ticket.videoId)).toBe(false);
    const { url } = await running.storage.getPlaybackUrl(ticket.videoId);
    expect((await fetch(url)).status).toBe(404);
  });

  test('a compatible container is accepted: a 3GP file that is declared as MP4', async () => {
    const data = bytes.slice();
    data.set(new TextEncoder().encode('3gp4'), 8);
    expect(await upload(data)).toMatchObject({ status: 'ready', mimeType: 'video/mp4' });
  });
});

describe('cancelling and deleting', () => {
  test('abort removes what has arrived; the URL is 404; repeated it changes nothing', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await patch(tusUrl(ticket), 0, bytes.subarray(0, 5000));
    await running.storage.abortUpload(ticket.uploadReference, anna);
    await running.storage.abortUpload(ticket.uploadReference, anna);
    expect(await tree()).toEqual([]);
    expect((await patch(tusUrl(ticket), 5000, bytes.subarray(5000))).status).toBe(404);
    await expect(running.storage.confirmUpload(ticket.uploadReference, anna)).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
  });

  test('abort changes nothing on a confirmed video', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    await running.storage.confirmUpload(ticket.uploadReference, anna);
    await running.storage.abortUpload(ticket.uploadReference, anna);
    expect(await running.storage.videoExists(ticket.videoId)).toBe(true);
  });

  test('a browser cancels by DELETE, with its signed URL only', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const bare = tusUrl(ticket).replace(/\?.*/, '');
    const headers = { 'Tus-Resumable': '1.0.0' };
    expect((await fetch(bare, { method: 'DELETE', headers })).status).toBe(403);
    expect((await fetch(tusUrl(ticket), { method: 'DELETE', headers })).status).toBe(204);
    expect(await tree()).toEqual([]);
  });

  test('a browser cannot cancel a confirmed upload, even when a crash left the sent file behind', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    await running.storage.confirmUpload(ticket.uploadReference, anna);
    const name = new URL(tusUrl(ticket)).pathname.split('/').at(-1) ?? '';
    await copyFile(
      join(running.folder, 'videos', ticket.videoId.slice(0, 32), 'source.mp4'),
      join(running.folder, 'uploads', name),
    );
    const headers = { 'Tus-Resumable': '1.0.0' };
    expect((await fetch(tusUrl(ticket), { method: 'DELETE', headers })).status).toBe(409);
    expect(await running.storage.videoExists(ticket.videoId)).toBe(true);
  });

  test('a deleted video is gone, and deleting again succeeds', async () => {
    const { videoId } = await upload();
    const { url } = await running.storage.getPlaybackUrl(videoId);
    expect(await running.storage.deleteVideo(videoId)).toEqual({ purged: true });
    expect(await running.storage.deleteVideo(videoId)).toEqual({ purged: true });
    expect((await fetch(url)).status).toBe(404);
    expect(await running.storage.videoExists(videoId)).toBe(false);
    await expect(running.storage.getVideoMetadata(videoId)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(await tree()).toEqual([]);
  });

  test('deleting the same upload under another extension deletes nothing', async () => {
    const { videoId } = await upload();
    await running.storage.deleteVideo(videoId.replace('-mp4', '-webm'));
    expect(await running.storage.videoExists(videoId)).toBe(true);
    expect(await running.storage.videoExists(videoId.replace('-mp4', '-webm'))).toBe(false);
  });

  test('a deleted id is never used again: no ticket, confirm or byte brings it back', async () => {
    const request = requestFor(bytes, { uploadId: '9'.repeat(32) });
    const old = await running.storage.getUploadUrl(request);
    await sendByTus(tusUrl(old), bytes);
    const { videoId } = await running.storage.confirmUpload(old.uploadReference, anna);
    await running.storage.deleteVideo(videoId);
    const gone = { code: 'VIDEO_NOT_FOUND' };
    await expect(running.storage.getUploadUrl(request)).rejects.toMatchObject(gone);
    await expect(running.storage.getUploadUrl({ ...request, userId: 'bert' })).rejects.toMatchObject(gone);
    expect((await patch(tusUrl(old), 0, bytes)).status).toBe(404);
    await expect(running.storage.confirmUpload(old.uploadReference, anna)).rejects.toMatchObject(gone);
    expect(await tree()).toEqual([]);
  });

  test('delete and confirm at once: the video is there as a whole, or gone as a whole', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ticket = await running.storage.getUploadUrl(requestFor(bytes));
      await sendByTus(tusUrl(ticket), bytes);
      const confirm = running.storage.confirmUpload(ticket.uploadReference, anna).then(
        () => 'ready',
        (error: { code: string }) => error.code,
      );
      const remove = running.storage.deleteVideo(ticket.videoId);
      expect(['ready', 'VIDEO_NOT_FOUND']).toContain(await confirm);
      await remove;
      expect(await running.storage.videoExists(ticket.videoId)).toBe(false);
      expect(await tree()).toEqual([]);
    }
  });
});

describe('listing', () => {
  test.each(['x', '{}', Buffer.from('{"createdAt":"2026","uploadId":"../.."}').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      await expect(running.storage.listVideos({ cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    },
  );

  test('half-sent uploads are not listed, and files of other programs in the folder are ignored', async () => {
    await running.storage.getUploadUrl(requestFor(bytes));
    const { mkdir, writeFile } = await import('node:fs/promises');
    await writeFile(join(running.folder, 'records', 'notes.txt'), 'mine');
    for (const name of [`${'d'.repeat(32)}.json.bak`, `${'d'.repeat(32)}.json~`, `x${'d'.repeat(32)}.json`]) {
      await writeFile(join(running.folder, 'records', name), 'mine');
    }
    await writeFile(join(running.folder, 'videos', 'notes.txt'), 'mine');
    await mkdir(join(running.folder, 'videos', 'b'.repeat(32)));
    await writeFile(join(running.folder, 'videos', 'c'.repeat(32)), 'a file in place of a folder');
    expect(await running.storage.listVideos()).toEqual({ videos: [] });
  });
});
