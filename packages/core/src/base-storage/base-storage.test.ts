import { describe, expect, test } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import type { LogRecord } from '../contract/log-record.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { BackendError } from '../errors/backend-errors.ts';
import { Logger } from '../log/logger.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';

const request: UploadRequest = {
  userId: 'student-1',
  contextId: 'assignment-1',
  fileName: 'my film.mp4',
  sizeBytes: 1000,
  mimeType: 'video/mp4',
  uploadId: '0123456789abcdef0123456789abcdef',
};
const user = { userId: 'student-1' };
const outage = () => new BackendError('BACKEND_UNAVAILABLE', 'The storage is down.');

/** A storage on a manual clock that runs by itself, with its log. */
function setUp(options: ConstructorParameters<typeof ArrayStorage>[0] = {}) {
  const records: LogRecord[] = [];
  const clock = new ManualClock({ autoAdvance: true });
  const logger = new Logger({ sink: (record) => void records.push(record), clock });
  const storage = new ArrayStorage({ clock, logger, ...options });
  return { storage, clock, events: () => records.map((record) => record.event), records };
}

test.each([undefined, null, 'a-secret-of-at-least-thirty-two-bytes', [], [undefined], [null], ['short'], [7], [{}]])(
  'referenceSecrets of %j are refused, with the sentence that repairs them',
  (referenceSecrets) => {
    const options = { referenceSecrets } as unknown as ConstructorParameters<typeof ArrayStorage>[0];
    expect(() => new ArrayStorage(options)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  },
);

describe('getUploadUrl', () => {
  test('gives a ticket with a reference and writes upload.requested', async () => {
    const { storage, records } = setUp();
    const ticket = await storage.getUploadUrl(request, { requestId: 'r-1' });
    expect(ticket).toMatchObject({ protocol: 'post', videoId: request.uploadId });
    expect(ticket.uploadReference.length).toBeGreaterThan(100);
    expect(records).toMatchObject([
      { event: 'upload.requested', backendName: 'array', userId: 'student-1', sizeBytes: 1000, requestId: 'r-1' },
    ]);
    expect(JSON.stringify(records)).not.toContain(ticket.uploadReference);
    expect(JSON.stringify(records)).not.toContain('my film');
  });

  test('chooses a random id when none is given', async () => {
    const { storage } = setUp();
    const [one, two] = await Promise.all([
      storage.getUploadUrl({ ...request, uploadId: undefined }),
      storage.getUploadUrl({ ...request, uploadId: undefined }),
    ]);
    expect(one.videoId).toMatch(/^[0-9a-f]{32}$/);
    expect(one.videoId).not.toBe(two.videoId);
  });

  test('refuses what is not valid before it counts or asks', async () => {
    const { storage, events } = setUp({
      rateLimiter: new RateLimiter({ upload: [{ scope: 'user', limit: 1, windowSeconds: 60 }] }),
    });
    await expect(storage.getUploadUrl({ ...request, sizeBytes: -1 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    await storage.getUploadUrl(request);
    await expect(storage.getUploadUrl(request)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      operation: 'getUploadUrl',
    });
    expect(storage.calls).toEqual(['doGetUploadUrl']);
    expect(events()).toEqual(['upload.rejected', 'upload.requested', 'rate_limit.denied', 'upload.rejected']);
  });

  test('does not repeat a mint of unknown outcome, and repeats one that was not sent', async () => {
    const { storage, events } = setUp();
    storage.before = () => Promise.reject(outage());
    await expect(storage.getUploadUrl(request)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      backendName: 'array',
    });
    expect(storage.calls).toHaveLength(1);
    expect(events()).toEqual(['upload.failed']);
    storage.calls = [];
    storage.before = () =>
      storage.calls.length < 3
        ? Promise.reject(new BackendError('BACKEND_UNAVAILABLE', 'Not reached.', { notSent: true }))
        : Promise.resolve();
    await storage.getUploadUrl(request);
    expect(storage.calls).toHaveLength(3);
    expect(events().filter((event) => event === 'backend.retry')).toHaveLength(2);
  });
});

describe('confirmUpload', () => {
  test('says NOT_UPLOADED before the bytes, then gives the video, again and again', async () => {
    const { storage, events } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl(request);
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
    storage.videos.push(storage.video(videoId, { sizeBytes: 1000, mimeType: 'video/mp4', durationSeconds: 5 }));
    const first = await storage.confirmUpload(uploadReference, user);
    expect(await storage.confirmUpload(uploadReference, user)).toEqual(first);
    expect(events()).toEqual(['upload.requested', 'upload.rejected', 'upload.confirmed', 'upload.confirmed']);
  });

  test.each([
    ['SIZE_MISMATCH', { sizeBytes: 1001 }],
    ['TYPE_MISMATCH', { mimeType: 'video/webm' }],
    ['DURATION_EXCEEDED', { durationSeconds: 12 }],
    ['NOT_A_VIDEO', { status: 'failed', failure: { code: 'NOT_A_VIDEO', message: 'This is not a video.' } }],
    ['UNKNOWN', { status: 'failed' }],
  ] as const)('%s: removes what arrived and says so', async (code, facts) => {
    const { storage, events } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl({ ...request, maxDurationSeconds: 10 });
    storage.videos.push(storage.video(videoId, facts));
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
      failure: { code },
    });
    expect(storage.videos).toEqual([]);
    expect(events()).toEqual(['upload.requested', 'upload.failed']);
  });

  test('a removal that fails is the answer, so that the next confirm tries again', async () => {
    const { storage } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl(request);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1 }));
    storage.before = (method) => (method === 'doDeleteVideo' ? Promise.reject(outage()) : Promise.resolve());
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    storage.before = () => {};
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
    expect(storage.videos).toEqual([]);
  });

  test('another user, a forged and an expired reference are refused without asking the storage', async () => {
    const { storage, clock } = setUp();
    const { uploadReference } = await storage.getUploadUrl(request);
    storage.calls = [];
    await expect(storage.confirmUpload(uploadReference, { userId: 'student-2' })).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
    await expect(storage.confirmUpload(`${uploadReference}x`, user)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    await expect(storage.abortUpload(uploadReference, { userId: 'student-2' })).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
    clock.advance(26 * 3_600_000);
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
    expect(storage.calls).toEqual([]);
  });
});

describe('playback', () => {
  test('signs without asking, logs the viewer, caps the lifetime', async () => {
    const { storage, records, clock } = setUp();
    const viewer = { userId: 'teacher-1', role: 'teacher', contextId: 'assignment-1' };
    const playback = await storage.getPlaybackUrl('a-video', { viewer });
    expect(Date.parse(playback.expiresAt) - clock.now()).toBe(3_600_000);
    expect(records).toMatchObject([
      { event: 'playback.issued', videoId: 'a-video', role: 'teacher', expiresAt: playback.expiresAt },
    ]);
    await expect(
      storage.getPlaybackUrl('a-video', { expiresInSeconds: 86_401, ipRange: '192.0.2.010', notBefore: 'now' }),
    ).rejects.toMatchObject({
      problems: [{ path: 'expiresInSeconds' }, { path: 'notBefore' }, { path: 'ipRange' }],
    });
    await expect(storage.getPlaybackUrl('../a')).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });
});

describe('reading and removing', () => {
  test('an outage throws and is never "not there"', async () => {
    const { storage } = setUp();
    storage.before = () => Promise.reject(outage());
    await expect(storage.videoExists('a-video')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', attempts: 4 });
    expect(storage.calls).toHaveLength(4);
    storage.before = () => {};
    expect(await storage.videoExists('a-video')).toBe(false);
    expect(await storage.videoExists('../../etc/passwd')).toBe(false);
    await expect(storage.getVideoMetadata('a-video')).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
      operation: 'getVideoMetadata',
    });
  });

  test('deleting what is not there is success', async () => {
    const { storage, events } = setUp();
    expect(await storage.deleteVideo('a-video')).toEqual({ purged: true });
    expect(events()).toEqual(['video.deleted']);
  });

  test.each([0, 1001, 1.5, Number.NaN])('a list limit of %s is refused', async (limit) => {
    await expect(setUp().storage.listVideos({ limit })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('abort and deadline', () => {
  test('a caller who has gone hears the very reason, and nothing is logged', async () => {
    const { storage, events } = setUp();
    const reason = new Error('the browser hung up');
    const signal = AbortSignal.abort(reason);
    await expect(storage.getUploadUrl(request, { signal })).rejects.toBe(reason);
    await expect(storage.getPlaybackUrl('a-video', { signal })).rejects.toBe(reason);
    await expect(storage.videoExists('a-video', { signal })).rejects.toBe(reason);
    await expect(storage.listVideos({ signal })).rejects.toBe(reason);
    expect(storage.calls).toEqual([]);
    expect(events()).toEqual([]);
  });

  test('our own deadline is a TimeoutError', async () => {
    const { storage } = setUp();
    storage.before = () => new Promise(() => {});
    await expect(storage.videoExists('a-video', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
