import { expect, test } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import type { LogRecord } from '../contract/log-record.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { Logger } from '../log/logger.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';

const request: UploadRequest = {
  ...{ userId: 'student-1', fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' },
  uploadId: '0123456789abcdef0123456789abcdef',
};
const user = { userId: 'student-1' };

/** A storage on a clock that stands still, with the names of its events. */
function setUp(options: ConstructorParameters<typeof ArrayStorage>[0] = {}) {
  const records: LogRecord[] = [];
  const clock = new ManualClock();
  const logger = new Logger({ sink: (record) => void records.push(record), clock });
  const storage = new ArrayStorage({ clock, logger, ...options });
  return { storage, clock, events: () => records.map((record) => record.event) };
}

test('a reference lives a day longer than its ticket, not a millisecond more', async () => {
  const { storage, clock } = setUp({ uploadExpiresInSeconds: 60 });
  const { uploadReference, videoId } = await storage.getUploadUrl(request);
  storage.videos.push(storage.video(videoId, { sizeBytes: 1000 }));
  clock.advance(60_000 + 86_400_000 - 1);
  expect(await storage.confirmUpload(uploadReference, user)).toMatchObject({ videoId });
  clock.advance(1);
  await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
});

test('an id in decomposed Unicode names the same user', async () => {
  const { storage } = setUp();
  const { uploadReference, videoId } = await storage.getUploadUrl({ ...request, userId: 'Jose\u0301' });
  storage.videos.push(storage.video(videoId, { sizeBytes: 1000 }));
  for (const userId of ['Jose\u0301', 'Jos\u00e9']) {
    expect(await storage.confirmUpload(uploadReference, { userId })).toMatchObject({ videoId });
  }
  await expect(storage.confirmUpload(uploadReference, { userId: 'Jose' })).rejects.toMatchObject({
    code: 'VIDEO_NOT_FOUND',
  });
});

test.each([0, -1, Number.NaN, 2_147_483_648, '5', null])(
  'a deadline of %j is refused by every call, also by one that makes no request, and nothing is done',
  async (given) => {
    const { storage, events } = setUp();
    const { uploadReference } = await storage.getUploadUrl(request);
    const before = [storage.calls.length, events().filter((event) => event === 'playback.issued').length];
    const options = { timeoutMs: given as number, ...user };
    const calls = [
      () => storage.getUploadUrl(request, options),
      () => storage.confirmUpload(uploadReference, options),
      () => storage.abortUpload(uploadReference, options),
      () => storage.getPlaybackUrl('a-video', options),
      () => storage.deleteVideo('a-video', options),
      () => storage.videoExists('no/id', options),
      () => storage.getVideoMetadata('a-video', options),
      () => storage.listVideos(options),
      () => storage.extra(options),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        ...{ code: 'VALIDATION_FAILED', problems: [{ path: 'timeoutMs', code: 'OPTION_INVALID' }] },
      });
    }
    expect([storage.calls.length, events().filter((event) => event === 'playback.issued').length]).toEqual(before);
  },
);

test('a value without the form of a video id is not found, without a request', async () => {
  const { storage } = setUp();
  await expect(storage.deleteVideo('../../etc/passwd')).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  expect(await storage.videoExists('a'.repeat(65))).toBe(false);
  await expect(storage.getVideoMetadata('a/b')).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  expect(storage.calls).toEqual([]);
});

test('video.deleted is logged once the video is purged, not before', async () => {
  const { storage, events } = setUp();
  storage.purged = false;
  expect(await storage.deleteVideo('a-video')).toEqual({ purged: false });
  expect(events()).toEqual([]);
  storage.purged = true;
  await storage.deleteVideo('a-video');
  expect(events()).toEqual(['video.deleted']);
});

test('a call with an unknown option is refused before any provider request', async () => {
  const { storage } = setUp();
  const { uploadReference } = await storage.getUploadUrl(request);
  const before = storage.calls.length;
  for (const [call, of, options] of [
    [storage.getUploadUrl, request, {}],
    [storage.confirmUpload, uploadReference, user],
    [storage.abortUpload, uploadReference, user],
    [storage.getPlaybackUrl, 'a-video', {}],
    [storage.deleteVideo, 'a-video', {}],
    [storage.videoExists, 'a-video', {}],
    [storage.getVideoMetadata, 'a-video', {}],
  ] as const) {
    const asked = Reflect.apply(call, storage, [of, { ...options, dryRun: true }]);
    await expect(asked, call.name).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ path: 'dryRun' }] });
  }
  expect(storage.calls).toHaveLength(before);
});

test('a call refuses the options of other calls', async () => {
  const { storage } = setUp();
  const { uploadReference } = await storage.getUploadUrl(request);
  const before = storage.calls.length;
  for (const [call, of, options, refused] of [
    [storage.getUploadUrl, request, user, 'userId'],
    [storage.confirmUpload, uploadReference, { ...user, limit: 5 }, 'limit'],
    [storage.abortUpload, uploadReference, { ...user, acceptUnverified: true }, 'acceptUnverified'],
    [storage.getPlaybackUrl, 'a-video', user, 'userId'],
    [storage.deleteVideo, 'a-video', user, 'userId'],
    [storage.videoExists, 'a-video', user, 'userId'],
    [storage.getVideoMetadata, 'a-video', { cursor: 'a' }, 'cursor'],
  ] as const) {
    const asked = Reflect.apply(call, storage, [of, options]);
    await expect(asked, call.name).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ path: refused }] });
  }
  expect(storage.calls).toHaveLength(before);
});

test('a call refused for an option is not counted by rate limits, and one refused by a limit makes no provider request', async () => {
  const once = [{ scope: 'global', limit: 1, windowSeconds: 60 }] as const;
  const { storage } = setUp({ rateLimiter: new RateLimiter({ upload: once, playback: once }) });
  const unknown = Object({ dryRun: true });
  await expect(storage.getUploadUrl(request, unknown)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  await expect(storage.getPlaybackUrl('a-video', unknown)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  await storage.getUploadUrl(request);
  await storage.getPlaybackUrl('a-video');
  const before = storage.calls.length;
  await expect(storage.getUploadUrl(request)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await expect(storage.getPlaybackUrl('a-video')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(storage.calls).toHaveLength(before);
});
