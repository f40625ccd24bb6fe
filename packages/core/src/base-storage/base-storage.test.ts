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
  'referenceSecrets of %j are refused, with how to fix them',
  (referenceSecrets) => {
    const options = { referenceSecrets } as unknown as ConstructorParameters<typeof ArrayStorage>[0];
    expect(() => new ArrayStorage(options)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  },
);

describe('getUploadUrl', () => {
  test('returns a ticket with a reference and logs upload.requested', async () => {
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

  test('refuses an invalid request before it counts it or makes a provider request', async () => {
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

  test('reports the rate limits that counted the call, and none when the call is refused; then the error has the window', async () => {
    const { storage } = setUp({
      rateLimiter: new RateLimiter({
        upload: [{ scope: 'user', limit: 1, windowSeconds: 60 }],
        playback: [{ scope: 'context', limit: 3, windowSeconds: 9 }],
      }),
    });
    const counts: unknown[] = [];
    const options = { onRateLimit: (taken: readonly unknown[]) => void counts.push(...taken) };
    await storage.getUploadUrl(request, options);
    expect(counts).toMatchObject([{ allowed: true, scope: 'user', limit: 1, remaining: 0, windowSeconds: 60 }]);
    const refused = storage.getUploadUrl({ ...request, uploadId: undefined }, options);
    await expect(refused).rejects.toMatchObject({ scope: 'user', limit: 1, windowSeconds: 60 });
    expect(counts).toHaveLength(1);
    const viewer = { userId: 'teacher-1', role: 'teacher', contextId: 'lesson-1' };
    await storage.getPlaybackUrl('0123456789abcdef0123456789abcdef', { ...options, viewer });
    expect(counts[1]).toMatchObject({ scope: 'context', limit: 3, remaining: 2, windowSeconds: 9 });
  });

  test('contract 8: does not repeat a creation of unknown outcome, releases it, and names its upload id', async () => {
    const { storage, events } = setUp();
    storage.before = (method) => (method === 'release' ? Promise.resolve() : Promise.reject(outage()));
    await expect(storage.getUploadUrl(request)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      backendName: 'array',
      uploadId: request.uploadId,
    });
    expect(storage.calls).toEqual(['doGetUploadUrl', 'release']);
    expect(events()).toEqual(['upload.failed']);
  });

  test('contract 8: a creation that hangs until the deadline, or whose caller aborts, is released too', async () => {
    const { storage } = setUp();
    const hang = (method: string, signal: AbortSignal | undefined) =>
      method === 'release'
        ? Promise.resolve()
        : new Promise<void>((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
    storage.before = hang;
    await expect(storage.getUploadUrl(request, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(storage.calls.at(-1)).toBe('release');
    storage.calls = [];
    const caller = new AbortController();
    const reason = new Error('The user has left.');
    storage.before = (method, signal) => {
      const hanging = hang(method, signal);
      if (method === 'doGetUploadUrl') caller.abort(reason);
      return hanging;
    };
    await expect(storage.getUploadUrl(request, { signal: caller.signal })).rejects.toBe(reason);
    expect(storage.calls).toEqual(['doGetUploadUrl', 'release']);
  });

  test('repeats a creation that was certainly not sent', async () => {
    const { storage, events } = setUp();
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
  test('throws NOT_UPLOADED before the bytes arrive, then returns the video, each time it is called', async () => {
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
  ] as const)('%s: deletes the bytes and throws the mismatch', async (code, facts) => {
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

  test('throws the error of a failed removal, so that the next confirm tries again', async () => {
    const { storage } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl(request);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1 }));
    storage.before = (method) => (method === 'doDeleteVideo' ? Promise.reject(outage()) : Promise.resolve());
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    storage.before = () => {};
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
    expect(storage.videos).toEqual([]);
  });

  test('another user, a forged and an expired reference are refused without a provider request', async () => {
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
  test('signs without a provider request, logs the viewer, caps the lifetime', async () => {
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

describe('reading and deleting', () => {
  test('an outage throws and never reads as "not found"', async () => {
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

  test('deleting a video that does not exist succeeds', async () => {
    const { storage, events } = setUp();
    expect(await storage.deleteVideo('a-video')).toEqual({ purged: true });
    expect(events()).toEqual(['video.deleted']);
  });

  test.each([0, 1001, 1.5, Number.NaN])('a list limit of %s is refused', async (limit) => {
    await expect(setUp().storage.listVideos({ limit })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('abort and deadline', () => {
  test('a call whose caller aborts throws the caller’s own reason, and nothing is logged', async () => {
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

describe('extras run through the same pipeline', () => {
  test('their errors name backend and operation, and their retries are logged', async () => {
    const { storage, events } = setUp();
    storage.before = () => (storage.calls.length < 2 ? Promise.reject(outage()) : Promise.resolve());
    expect(await storage.extra()).toBe('done');
    expect(events()).toEqual(['backend.retry']);
    storage.before = () => Promise.reject(new BackendError('BACKEND_REFUSED', 'No.'));
    await expect(storage.extra()).rejects.toMatchObject({ backendName: 'array', operation: 'extra', attempts: 1 });
  });

  test('makes no provider request for a caller who has aborted', async () => {
    const { storage } = setUp();
    const reason = new Error('The user has left.');
    await expect(storage.extra({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(storage.calls).toEqual([]);
  });
});

describe('contract 4: the three outcomes of inspecting the content', () => {
  const limited = { ...request, maxDurationSeconds: 10 };

  test.each([
    ['an unknown duration under a limit', 'ready'],
    ['a failure without a reason', 'failed'],
  ] as const)('%s is undetermined: the bytes stay, and a server may accept them', async (_name, status) => {
    const { storage } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl(limited);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1000, status }));
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'CONTENT_UNVERIFIABLE' });
    expect(storage.videos).toHaveLength(1);
    expect(storage.calls).not.toContain('doDeleteVideo');
    for (const [acceptUnverified, code] of [
      [false, 'CONTENT_UNVERIFIABLE'],
      ['yes', 'VALIDATION_FAILED'],
      [1, 'VALIDATION_FAILED'],
    ]) {
      const options = { ...user, ...JSON.parse(JSON.stringify({ acceptUnverified })) };
      await expect(storage.confirmUpload(uploadReference, options)).rejects.toMatchObject({ code });
    }
    const accepted = await storage.confirmUpload(uploadReference, { ...user, acceptUnverified: true });
    expect(accepted).toMatchObject({ videoId, status });
  });

  test('an unknown duration without a limit, or of a video that is still processed, is no reason to refuse', async () => {
    const { storage } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl(request);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1000 }));
    expect(await storage.confirmUpload(uploadReference, user)).toMatchObject({ status: 'ready' });
    const other = await storage.getUploadUrl({ ...limited, uploadId: 'f'.repeat(32) });
    storage.videos.push(storage.video(other.videoId, { status: 'processing', playable: false }));
    expect(await storage.confirmUpload(other.uploadReference, user)).toMatchObject({ status: 'processing' });
  });

  test.each([
    [11, 'ready'],
    [11.001, 'CONTENT_MISMATCH'],
  ])('%f seconds under a limit of 10: %s, since containers round durations', async (seconds, outcome) => {
    const { storage } = setUp();
    const { uploadReference, videoId } = await storage.getUploadUrl(limited);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1000, durationSeconds: seconds }));
    const answer = storage.confirmUpload(uploadReference, user).then(
      (video) => video.status,
      (error: { code: string }) => error.code,
    );
    expect(await answer).toBe(outcome);
  });
});

describe('what the base class adds', () => {
  test('a grant has id, preferred source, expiry in whole seconds, and renewal after four fifths of its lifetime', async () => {
    const { storage, clock } = setUp();
    const nowMs = clock.now();
    const playback = await storage.getPlaybackUrl('video-1', { expiresInSeconds: 100 });
    expect(playback).toMatchObject({ videoId: 'video-1', kind: 'file', url: 'https://play.example/video-1' });
    expect(Date.parse(playback.expiresAt)).toBe((Math.floor(nowMs / 1000) + 100) * 1000);
    const lifetimeMs = Date.parse(playback.expiresAt) - nowMs;
    expect(Date.parse(playback.renewAfter)).toBe(Math.trunc(nowMs + lifetimeMs * 0.8));
  });

  test('a download name needs downloadable, and is checked as a file name', async () => {
    const { storage } = setUp();
    const grant = (options: object) => storage.getPlaybackUrl('video-1', options);
    await expect(grant({ downloadName: 'a.mp4' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(grant({ downloadable: true, downloadName: '../a.mp4' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await grant({ downloadable: true, downloadName: 'a.mp4' })).toMatchObject({ kind: 'file' });
  });

  test('every video carries the name of its backend', async () => {
    const { storage } = setUp();
    storage.videos.push(storage.video('video-1'));
    expect((await storage.listVideos()).videos).toMatchObject([{ videoId: 'video-1', backendName: 'array' }]);
    expect(await storage.getVideoMetadata('video-1')).toMatchObject({ backendName: 'array' });
  });

  test.each([0, -1, 1.5, 86_401, Number.NaN])(
    'a ticket lifetime of %f seconds is refused at construction',
    (seconds) => {
      expect(() => new ArrayStorage({ uploadExpiresInSeconds: seconds })).toThrow(
        expect.objectContaining({ code: 'MISCONFIGURED' }),
      );
    },
  );

  test.each([1, 86_400])('a ticket lifetime of %i seconds is the life of the ticket', async (seconds) => {
    const { storage, clock } = setUp({ uploadExpiresInSeconds: seconds });
    const createdAtMs = clock.now();
    const { expiresAt } = await storage.getUploadUrl(request);
    expect(Date.parse(expiresAt)).toBe(createdAtMs + seconds * 1000);
  });
});

test('contract 5: abort accepts a genuine reference that has expired, but still refuses other users', async () => {
  const { storage, clock } = setUp();
  const { uploadReference } = await storage.getUploadUrl(request);
  clock.advance(26 * 3_600_000);
  await storage.abortUpload(uploadReference, user);
  expect(storage.calls.at(-1)).toBe('doAbortUpload');
  await expect(storage.abortUpload(uploadReference, { userId: 'student-2' })).rejects.toMatchObject({
    code: 'VIDEO_NOT_FOUND',
  });
});

test('a video may have no context and belong only to its user', async () => {
  const { storage } = setUp();
  const { contextId: _, ...alone } = request;
  const { uploadReference, videoId } = await storage.getUploadUrl(alone);
  storage.videos.push(storage.video(videoId, { sizeBytes: 1000 }));
  expect(await storage.confirmUpload(uploadReference, user)).toMatchObject({ videoId });
});

test('confirmUpload without options is a refusal, never a TypeError', async () => {
  const { storage } = setUp();
  const { uploadReference } = await storage.getUploadUrl(request);
  const confirm = storage.confirmUpload.bind(storage, uploadReference) as (options?: unknown) => Promise<unknown>;
  await expect(confirm()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND', operation: 'confirmUpload' });
});
