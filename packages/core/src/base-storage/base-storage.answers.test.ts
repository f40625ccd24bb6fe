import { describe, expect, test } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import type { LogRecord } from '../contract/log-record.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { BackendError } from '../errors/backend-errors.ts';
import { Logger } from '../log/logger.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { RetryHandler } from '../retry/retry-handler.ts';
import { Validator } from '../validation/validator.ts';

const request: UploadRequest = {
  ...{ userId: 'student-1', contextId: 'lesson-1', fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' },
  uploadId: '0123456789abcdef0123456789abcdef',
};
const videoId = String(request.uploadId);
const asking = { requestId: 'r-1' };
const user = { userId: 'student-1', ...asking };

/**
 * A storage, by default on a clock that advances by itself while the storage waits, and its complete log records without
 * their times.
 */
function setUp(
  options: ConstructorParameters<typeof ArrayStorage>[0] = {},
  clock = new ManualClock({ autoAdvance: true }),
) {
  const records: Partial<LogRecord>[] = [];
  const sink = ({ at: _at, ...record }: LogRecord) => void records.push(record);
  const storage = new ArrayStorage({ clock, logger: new Logger({ sink, clock }), ...options });
  return { storage, clock, records };
}

describe('events have every field of their call', () => {
  const common = { backendName: 'array', requestId: 'r-1' };
  const of = { videoId, userId: 'student-1', contextId: 'lesson-1' };

  test('from the request of an upload to its confirm', async () => {
    const { storage, clock, records } = setUp({}, new ManualClock());
    storage.before = () => clock.advance(250);
    const { uploadReference, expiresAt } = await storage.getUploadUrl(request, asking);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1000, durationSeconds: 5 }));
    await storage.confirmUpload(uploadReference, user);
    expect(records).toEqual([
      { ...common, ...of, level: 'info', event: 'upload.requested', sizeBytes: 1000, expiresAt, elapsedMs: 250 },
      { ...common, ...of, level: 'info', event: 'upload.confirmed', sizeBytes: 1000, durationSeconds: 5 },
    ]);
  });

  test('a confirm uses the backend’s context when the reference has none', async () => {
    const { storage, records } = setUp();
    const { contextId: _, ...without } = request;
    const { uploadReference } = await storage.getUploadUrl(without, asking);
    storage.videos.push(storage.video(videoId, { sizeBytes: 1000, contextId: 'lesson-2' }));
    await storage.confirmUpload(uploadReference, user);
    expect(records.at(-1)).toMatchObject({ event: 'upload.confirmed', contextId: 'lesson-2' });
  });

  test('of a cancelled upload, a failed one, and one that was refused before it had an id', async () => {
    const { storage, records } = setUp();
    const { uploadReference } = await storage.getUploadUrl(request, asking);
    await storage.abortUpload(uploadReference, user);
    storage.before = () => Promise.reject(new BackendError('BACKEND_REFUSED', 'No rights.'));
    await storage.confirmUpload(uploadReference, user).catch(() => {});
    const none = storage.getUploadUrl.bind(storage) as (given: unknown, options: object) => Promise<unknown>;
    await expect(none(undefined, asking)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(records.slice(1)).toEqual([
      { ...common, ...of, level: 'info', event: 'upload.aborted' },
      { ...common, ...of, level: 'warn', event: 'upload.failed', code: 'BACKEND_REFUSED', message: 'No rights.' },
      { ...common, level: 'warn', event: 'upload.rejected', code: 'VALIDATION_FAILED' },
    ]);
  });

  test('an abort of a confirmed upload logs none', async () => {
    const { storage, records } = setUp();
    const { uploadReference } = await storage.getUploadUrl(request, asking);
    storage.aborts = false;
    await storage.abortUpload(uploadReference, user);
    expect(records.map(({ event }) => event)).toEqual(['upload.requested']);
  });

  test('of a grant, with its viewer and its expiry', async () => {
    const { storage, records } = setUp();
    const viewer = { userId: 'teacher-1', role: 'teacher', contextId: 'lesson-1' };
    const { expiresAt } = await storage.getPlaybackUrl(videoId, { viewer, requestId: 'r-1' });
    expect(records).toEqual([{ ...common, level: 'info', event: 'playback.issued', videoId, ...viewer, expiresAt }]);
  });

  test('of a deletion', async () => {
    const { storage, records } = setUp();
    await storage.deleteVideo(videoId, { requestId: 'r-1' });
    expect(records).toEqual([{ ...common, level: 'info', event: 'video.deleted', videoId }]);
  });

  test('of a retry and of a refusal by a limit', async () => {
    const { storage, records } = setUp({
      retryHandler: new RetryHandler({ clock: new ManualClock({ autoAdvance: true }), random: () => 1 }),
      rateLimiter: new RateLimiter({ upload: [{ scope: 'user', limit: 1, windowSeconds: 60 }] }),
    });
    await storage.getUploadUrl(request, asking);
    await storage.getUploadUrl(request, asking).catch(() => {});
    const { retryAfterMs } = records[1] ?? {};
    expect(retryAfterMs).toBeGreaterThan(59_000);
    storage.calls = [];
    storage.before = () =>
      storage.calls.length < 2 ? Promise.reject(new BackendError('BACKEND_UNAVAILABLE', 'Down.')) : undefined;
    await storage.videoExists(videoId, asking);
    const denied = { operation: 'getUploadUrl', scope: 'user', limit: 1, retryAfterMs };
    const retry = { operation: 'videoExists', attempt: 1, delayMs: 50, code: 'BACKEND_UNAVAILABLE' };
    expect([records[1], records[3]]).toEqual([
      { ...common, level: 'warn', event: 'rate_limit.denied', ...denied },
      { ...common, level: 'warn', event: 'backend.retry', ...retry },
    ]);
  });
});

test('an error says in which call it was thrown', async () => {
  const { storage } = setUp();
  const { uploadReference } = await storage.getUploadUrl(request);
  storage.before = () => Promise.reject(new BackendError('BACKEND_REFUSED', 'No rights.'));
  const calls = {
    getUploadUrl: () => storage.getUploadUrl(request),
    confirmUpload: () => storage.confirmUpload(uploadReference, user),
    abortUpload: () => storage.abortUpload(uploadReference, user),
    getPlaybackUrl: () => storage.getPlaybackUrl(videoId),
    deleteVideo: () => storage.deleteVideo(videoId),
    videoExists: () => storage.videoExists(videoId),
    getVideoMetadata: () => storage.getVideoMetadata(videoId),
    listVideos: () => storage.listVideos(),
  };
  for (const [operation, run] of Object.entries(calls)) {
    await expect(run()).rejects.toMatchObject({ code: 'BACKEND_REFUSED', backendName: 'array', operation });
  }
});

describe('a reference', () => {
  test('returns what was declared and the backend’s state, which the ticket does not show', async () => {
    const { storage } = setUp({ uploadExpiresInSeconds: 60 });
    storage.issued = { upload: { state: 'parts-7' } };
    const ticket = await storage.getUploadUrl({ ...request, maxDurationSeconds: 90 });
    expect('state' in ticket).toBe(false);
    await storage.confirmUpload(ticket.uploadReference, user).catch(() => {});
    expect(storage.confirmed).toStrictEqual([
      {
        ...{ backendName: 'array', uploadId: videoId, videoId, userId: 'student-1', contextId: 'lesson-1' },
        ...{ sizeBytes: 1000, mimeType: 'video/mp4', maxDurationSeconds: 90, state: 'parts-7' },
        validUntil: new Date(Date.parse(ticket.expiresAt) + 86_400_000).toISOString(),
      },
    ]);
  });
});

describe('a grant', () => {
  const hls = { kind: 'hls', url: 'https://play.example/a.m3u8', mimeType: 'application/vnd.apple.mpegurl' };
  const file = { kind: 'file', url: 'https://play.example/a.mp4', mimeType: 'video/mp4' };

  test('has the kind and URL of its first source, and the expiry that the backend signed', async () => {
    const { storage, clock } = setUp();
    const expiresAt = new Date(clock.now() + 10_000).toISOString();
    storage.issued = { playback: { sources: [hls, file], expiresAt } };
    expect(await storage.getPlaybackUrl(videoId)).toMatchObject({
      ...{ kind: 'hls', url: hls.url, expiresAt },
      renewAfter: new Date(clock.now() + 8000).toISOString(),
    });
  });

  test('without a source is VIDEO_NOT_FOUND', async () => {
    const { storage } = setUp();
    storage.issued = { playback: { sources: [] } };
    await expect(storage.getPlaybackUrl(videoId)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });
});

test('a page of a list has the backend’s cursor', async () => {
  const { storage } = setUp();
  storage.issued = { page: { cursor: 'next' } };
  expect(await storage.listVideos()).toEqual({ videos: [], cursor: 'next' });
});

describe('what is injected is used', () => {
  test('the validator', async () => {
    const { storage } = setUp({ validator: new Validator({ maxSizeBytes: 999 }) });
    await expect(storage.getUploadUrl(request)).rejects.toMatchObject({ problems: [{ path: 'sizeBytes' }] });
  });

  test('the retry handler', async () => {
    const { storage } = setUp({ retryHandler: new RetryHandler({ maxAttempts: 1 }) });
    storage.before = () => Promise.reject(new BackendError('BACKEND_UNAVAILABLE', 'Down.'));
    await expect(storage.videoExists(videoId)).rejects.toMatchObject({ attempts: 1 });
  });

  test('the clock, also in the default rate limiter', async () => {
    const { storage, clock } = setUp({}, new ManualClock());
    const create = () => storage.getUploadUrl({ ...request, uploadId: undefined });
    for (let upload = 0; upload < 20; upload++) await create();
    await expect(create()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_600_000 });
    clock.advance(3_600_000);
    expect(await create()).toMatchObject({ protocol: 'post' });
  });
});

describe('an error while the caller aborts', () => {
  test('gets its origin and is logged like any other when it is not the abort reason', async () => {
    const caller = new AbortController();
    const rule = () => {
      caller.abort(new Error('The user has left.'));
      return [{ path: 'fileName', code: 'OPTION_INVALID', message: 'This name is taken.' } as const];
    };
    const { storage, records } = setUp({ validator: new Validator({ rules: [rule] }) });
    await expect(storage.getUploadUrl(request, { signal: caller.signal })).rejects.toMatchObject({
      ...{ code: 'VALIDATION_FAILED', backendName: 'array', operation: 'getUploadUrl' },
    });
    expect(records.map(({ event }) => event)).toEqual(['upload.rejected']);
  });

  test('is logged too when a backend throws undefined', async () => {
    const { storage, records } = setUp();
    storage.before = () => {
      throw undefined;
    };
    await expect(storage.getUploadUrl(request)).rejects.toBeUndefined();
    expect(records.map(({ event }) => event)).toEqual(['upload.failed']);
  });
});
