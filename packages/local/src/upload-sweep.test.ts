import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failingFiles, fileError } from '../test-support/failing-files.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { patch, sendByTus } from '../test-support/sending.ts';

const DAY_MS = 86_400_000;
const bytes = await fixtures.moovFirst.read();
let clock: ManualClock;
let running: RunningStorage;
let calls: string[];
let fails: (name: string) => boolean;

beforeEach(async () => {
  clock = new ManualClock();
  calls = [];
  fails = () => false;
  running = await startStorage({
    clock,
    fileFunctions: failingFiles((name) => {
      calls.push(name);
      return fails(name) ? Promise.reject(fileError('EIO', name)) : undefined;
    }),
  });
});
afterEach(() => running.stop());

const uploads = () => readdir(join(running.folder, 'uploads'));
const mint = () => running.storage.getUploadUrl(requestFor(bytes));
async function halfSent(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await patch(tusUrl(await mint()), 0, bytes.subarray(0, 10));
}

describe('with every mint', () => {
  test('a few old uploads go, until all are gone', async () => {
    await halfSent(10);
    expect(await uploads()).toHaveLength(20);
    clock.advance(DAY_MS);
    for (let count = 0; count < 6; count += 1) await mint();
    // Only those that were asked for since.
    expect(await uploads()).toHaveLength(12);
    expect(running.log.filter((record) => record.event === 'upload.expired')).toHaveLength(10);
  });

  test('the work is bounded, however many there are', async () => {
    await halfSent(40);
    clock.advance(DAY_MS);
    for (let count = 0; count < 3; count += 1) {
      calls = [];
      await mint();
      expect(calls.filter((name) => name === 'rm').length).toBeLessThanOrEqual(3 * 8);
      expect(calls.length).toBeLessThan(120);
    }
    expect((await uploads()).length).toBeGreaterThan(40);
  });

  test('a folder that cannot be cleaned keeps nobody from uploading, and is told', async () => {
    await halfSent(1);
    clock.advance(DAY_MS);
    fails = (name) => name === 'rm' || name === 'opendir';
    expect(await mint()).toMatchObject({ protocol: 'tus' });
    expect(running.log).toContainEqual(
      expect.objectContaining({ event: 'sweep.finished', level: 'error', code: 'BACKEND_UNAVAILABLE' }),
    );
    await expect(running.storage.removeExpiredUploads()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });
});

describe('removeExpiredUploads', () => {
  test('takes what is old and leaves what is young, and every video', async () => {
    const video = await mint();
    await sendByTus(tusUrl(video), bytes);
    await running.storage.confirmUpload(video.uploadReference, { userId: 'anna' });
    await halfSent(3);
    clock.advance(DAY_MS / 2);
    await halfSent(2);
    clock.advance(DAY_MS / 2);
    expect(await running.storage.removeExpiredUploads()).toBe(3);
    expect(await uploads()).toHaveLength(4);
    expect(await running.storage.videoExists(video.videoId)).toBe(true);
  });

  test('leaves an upload alone that is being sent, though its time is over', async () => {
    const ticket = await mint();
    let end = (): void => undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 100));
        end = () => {
          controller.enqueue(bytes.subarray(100));
          controller.close();
        };
      },
    });
    const headers = {
      'Content-Type': 'application/offset+octet-stream',
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': '0',
    };
    const sending = running.storage.fetch(
      new Request(tusUrl(ticket), { method: 'PATCH', headers, body, duplex: 'half' }),
    );
    // The first bytes are on the disk, so the sender has its upload.
    for (let turn = 0; turn < 10_000 && !calls.includes('write'); turn += 1) await setImmediate();
    clock.advance(DAY_MS);
    expect(await running.storage.removeExpiredUploads()).toBe(0);
    end();
    expect((await sending).status).toBe(204);
    expect(await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' })).toMatchObject({
      status: 'ready',
    });
  });

  test('removes what a crash left, two days later: drafts, spoilt records', async () => {
    const folder = join(running.folder, 'uploads');
    const spoilt = `${'e'.repeat(32)}.json`;
    const withoutRecord = 'f'.repeat(32);
    const litter = [`${'d'.repeat(32)}.json.draft`, spoilt, withoutRecord];
    for (const name of litter) {
      await writeFile(join(folder, name), '{"half');
      await utimes(join(folder, name), clock.now() / 1000, clock.now() / 1000);
    }
    clock.advance(2 * DAY_MS - 60_000);
    await running.storage.removeExpiredUploads();
    expect((await uploads()).sort()).toEqual(litter);
    clock.advance(120_000);
    expect(await running.storage.removeExpiredUploads()).toBe(0);
    expect(await uploads()).toEqual([]);
  });

  test('the bytes of a record that was spoilt go with it, staged ones too', async () => {
    const { videoId } = await mint();
    const [uploadId = ''] = videoId.split('-');
    await writeFile(join(running.folder, 'uploads', `${uploadId}.json`), '{"half');
    await mkdir(join(running.folder, 'staging', uploadId));
    await writeFile(join(running.folder, 'staging', uploadId, 'source.mp4'), bytes);
    const stored = [`uploads/${uploadId}`, `uploads/${uploadId}.json`, `staging/${uploadId}`];
    for (const path of stored) await utimes(join(running.folder, path), clock.now() / 1000, clock.now() / 1000);
    clock.advance(3 * DAY_MS);
    // The bytes may be looked at before their record has gone.
    for (let count = 0; count < 2; count += 1) await running.storage.removeExpiredUploads();
    expect([await uploads(), await readdir(join(running.folder, 'staging'))]).toEqual([[], []]);
  });

  test('the staged bytes of an upload that can still be confirmed stay', async () => {
    const [uploadId = ''] = (await mint()).videoId.split('-');
    const staged = join(running.folder, 'staging', uploadId);
    await mkdir(staged);
    await utimes(staged, 0, 0);
    await running.storage.removeExpiredUploads();
    expect(await readdir(join(running.folder, 'staging'))).toEqual([uploadId]);
  });

  test('one that cannot be removed is told, and keeps no other', async () => {
    await halfSent(5);
    clock.advance(DAY_MS);
    let count = 0;
    fails = (name) => name === 'rm' && ++count === 1;
    await expect(running.storage.removeExpiredUploads()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(running.log.filter((record) => record.event === 'upload.expired')).toHaveLength(4);
  });

  test('ends with the caller’s own reason', async () => {
    await halfSent(1);
    const reason = { why: 'gone' };
    await expect(running.storage.removeExpiredUploads({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
