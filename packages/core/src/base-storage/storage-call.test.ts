import { describe, expect, test } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { BackendError } from '../errors/backend-errors.ts';
import { RetryHandler } from '../retry/retry-handler.ts';
import { StorageCall } from './storage-call.ts';

const request: UploadRequest = {
  ...{ userId: 'student-1', fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' },
  uploadId: '0123456789abcdef0123456789abcdef',
};
const user = { userId: 'student-1' };

describe('timers and listeners of a call end with it', () => {
  test.each([
    ['one that succeeds', () => {}],
    [
      'one that fails',
      () => {
        throw new BackendError('BACKEND_REFUSED', 'No.');
      },
    ],
  ])('%s: neither its timer nor its listener is left', async (_name, before) => {
    const clock = new ManualClock();
    const storage = new ArrayStorage({ clock });
    let sleeping = 0;
    storage.before = () => {
      sleeping = clock.sleeping;
      before();
    };
    await storage.videoExists('a-video').catch(() => {});
    // The timer of the deadline, and that of the attempt.
    expect([sleeping, clock.sleeping]).toEqual([2, 0]);
  });

  test('the clean-up of a failing one, too', async () => {
    const clock = new ManualClock();
    const storage = new ArrayStorage({ clock });
    const sleeping: number[] = [];
    storage.before = (method) => {
      sleeping.push(clock.sleeping);
      if (method !== 'release') throw new BackendError('BACKEND_REFUSED', 'No.');
    };
    await expect(storage.getUploadUrl(request)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    expect(storage.calls).toEqual(['doGetUploadUrl', 'release']);
    // The timers of the two attempts, and of the deadlines of the call and of its clean-up.
    expect([sleeping, clock.sleeping]).toEqual([[2, 3], 0]);
  });

  test('each clean-up of a call has its own deadline, so a later one has as much time as the first', async () => {
    const clock = new ManualClock();
    const call = new StorageCall('x', { requestId: 'r-1', timeoutMs: 60_000 }, new RetryHandler({ clock }), () => {});
    const [first, later] = [call.forCleanUp(), call.forCleanUp()];
    expect(first.options).toStrictEqual({ timeoutMs: 5000, requestId: 'r-1' });
    await first.step('always', async () => {});
    clock.advance(5000);
    await expect(first.step('always', async () => {})).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await later.step('always', async () => 'released')).toBe('released');
    clock.advance(4999);
    expect(later.signal.aborted).toBe(false);
    expect(clock.sleeping).toBe(1);
    call.release();
    expect(clock.sleeping).toBe(0);
  });
});

test('the signal of a call aborts at its deadline, and with the reason of its caller', async () => {
  const clock = new ManualClock();
  const caller = new AbortController();
  const call = (signal?: AbortSignal) =>
    new StorageCall('x', { timeoutMs: 7, signal }, new RetryHandler({ clock }), () => {}).signal;
  const [late, cancelled] = [call(), call(caller.signal)];
  const reason = new Error('The user has left.');
  caller.abort(reason);
  expect([late.aborted, cancelled.reason]).toEqual([false, reason]);
  clock.advance(7);
  await expect.poll(() => late.reason).toMatchObject({ code: 'TIMEOUT' });
});

test('refused bytes are deleted within a separate deadline, however long their inspection took', async () => {
  const clock = new ManualClock({ autoAdvance: true });
  const storage = new ArrayStorage({ clock });
  const { uploadReference, videoId } = await storage.getUploadUrl(request);
  storage.videos.push(storage.video(videoId, { sizeBytes: 1 }));
  const took: Record<string, number> = { doConfirmUpload: 900, doDeleteVideo: 1500 };
  storage.before = (method) => clock.sleep(took[method] ?? 0);
  await expect(storage.confirmUpload(uploadReference, { ...user, timeoutMs: 1000 })).rejects.toMatchObject({
    code: 'CONTENT_MISMATCH',
  });
  expect(storage.videos).toEqual([]);
});
