import { describe, expect, test } from 'vitest';
import { readResult } from './envelope.ts';
import { videoDetailsSchema } from './video-details.ts';
import { toStoredVideo } from './video-meta.ts';

const least = { uid: '6b9e68b07dfee8cc2d116e4c51d6a957', created: '2026-11-23T02:15:00.123456Z' };
const metadata = (video: object) => toStoredVideo(readResult(videoDetailsSchema, { ...least, ...video }));

describe('states of the API', () => {
  test.each([
    ['pendingupload', 'pending'],
    ['downloading', 'processing'],
    ['queued', 'processing'],
    ['inprogress', 'processing'],
    ['live-inprogress', 'processing'],
    ['ready', 'ready'],
    ['error', 'failed'],
    ['a state that is not known yet', 'processing'],
  ])('%s is %s', (state, status) => {
    expect(metadata({ status: { state } })).toMatchObject({ status });
  });

  test.each([
    ['ERR_NON_VIDEO', 'NOT_A_VIDEO'],
    ['ERR_DURATION_EXCEED_CONSTRAINT', 'DURATION_EXCEEDED'],
    ['ERR_FETCH_ORIGIN_ERROR', 'FETCH_FAILED'],
    ['ERR_MALFORMED_VIDEO', 'MALFORMED'],
    ['ERR_DURATION_TOO_SHORT', 'DURATION_TOO_SHORT'],
    ['ERR_UNKNOWN', 'UNKNOWN'],
    ['', 'UNKNOWN'],
  ])('%s is %s, in both spellings of the field', (reason, code) => {
    for (const name of ['errorReasonCode', 'errReasonCode']) {
      expect(metadata({ status: { state: 'error', [name]: reason } }).failure?.code).toBe(code);
    }
  });

  test.each([
    [{ state: 'ready', pctComplete: '39.000000' }, true, true, 0.39],
    [{ state: 'ready', pctComplete: '100.000000' }, true, true, undefined],
    [{ state: 'inprogress', pctComplete: 39 }, true, true, 0.39],
    [{ state: 'inprogress', pctComplete: '9.5' }, false, false, 0.095],
    [{ state: 'queued', pctComplete: '' }, false, false, undefined],
    [{ state: 'queued', pctComplete: null }, false, false, undefined],
    [{ state: 'queued', pctComplete: '-1' }, false, false, undefined],
    [{ state: 'queued', pctComplete: 'much' }, false, false, undefined],
    [{ state: 'queued', pctComplete: '0' }, false, false, 0],
    [{ state: 'queued', pctComplete: 100 }, false, false, 1],
    [{ state: 'queued', pctComplete: 101 }, false, false, undefined],
    [{ state: 'error', pctComplete: '39' }, true, false, undefined],
  ])('%j, readyToStream %s: playable %s, progress %s', (status, readyToStream, playable, progress) => {
    const video = metadata({ status, readyToStream });
    expect([video.playable, video.progress]).toEqual([playable, progress]);
  });
});

test.each([
  ['after something else', 'at 2026-11-23T02:15:00Z'],
  ['without its hours', '2026-11-23'],
  ['with a month that does not exist', '2026-13-23T02:15:00Z'],
  ['that is a number', 1_763_864_100],
  ['that is empty', ''],
])('a time %s is unknown', (_what, modified) => {
  expect(readResult(videoDetailsSchema, { ...least, modified }).modified).toBeUndefined();
});

test('a fraction is a number, and nothing else', () => {
  const fractionOf = (thumbnailTimestampPct: unknown) =>
    readResult(videoDetailsSchema, { ...least, thumbnailTimestampPct }).thumbnailTimestampPct;
  expect([0.5, 0, '0.5', null, undefined].map(fractionOf)).toEqual([0.5, 0, undefined, undefined, undefined]);
});

test.each([
  ['https://customer-a.cloudflarestream.com/x/manifest/video.m3u8', 'https://customer-a.cloudflarestream.com'],
  ['http://127.0.0.1:1/x/manifest/video.m3u8', 'http://127.0.0.1:1'],
  ['xhttps://customer-a.cloudflarestream.com/x', undefined],
  ['httpss://customer-a.cloudflarestream.com/x', undefined],
  ['not a URL', undefined],
  ['https://videodelivery.net/x', undefined],
  ['https://watch.cloudflarestream.com/x', undefined],
])('videos play from the origin of %s: %s', (hls, origin) => {
  expect(readResult(videoDetailsSchema, { ...least, playback: { hls } }).playbackOrigin).toBe(origin);
});

test('no allowed origins are an empty list', () => {
  expect(readResult(videoDetailsSchema, least).allowedOrigins).toEqual([]);
});

test('-1, 0, null, empty and absent are unknown; numbers in texts are numbers', () => {
  for (const unknown of [-1, 0, null, '-1', '']) {
    const video = metadata({ duration: unknown, size: unknown, input: { width: unknown, height: unknown } });
    expect(Object.keys(video).sort()).toEqual(['createdAt', 'playable', 'status', 'videoId']);
  }
  const known = metadata({ duration: '12.5', size: '1000', input: { width: 640, height: '360' } });
  expect(known).toMatchObject({ durationSeconds: 12.5, sizeBytes: 1000, widthPixels: 640, heightPixels: 360 });
});

test('members of `meta` that other programs wrote are ignored, and break nothing', () => {
  for (const meta of [
    'text',
    7,
    ['a'],
    null,
    { name: 7, custom: '{"a":1}' },
    { custom: 'no JSON' },
    { custom: '[]' },
  ]) {
    expect(metadata({ meta })).not.toHaveProperty('custom');
  }
  const meta = { name: 'f.mp4', contextId: 'c', custom: '{"a":"b"}', other: 1 };
  expect(metadata({ meta, creator: 'student-1' })).toMatchObject({
    ...{ fileName: 'f.mp4', contextId: 'c', custom: { a: 'b' }, userId: 'student-1' },
  });
  expect(metadata({ creator: 'a'.repeat(64) })).not.toHaveProperty('userId');
});

test.each([
  ['no uid', { uid: undefined }],
  ['a uid that is a path', { uid: '../keys' }],
])('%s is an answer that cannot be read', (_name, video) => {
  expect(() => metadata(video)).toThrow(expect.objectContaining({ code: 'BACKEND_BAD_RESPONSE' }));
});

test.each([
  ['no time', { created: undefined }],
  ['words', { created: 'yesterday' }],
  ['a number', { created: 7 }],
  ['a year beyond dates', { created: '+275760-09-13T00:00:00.001Z' }],
  ['a creator that is not text', { creator: { id: 1 }, created: null }],
])('%s in one video counts as unknown, and is never a failure', (_name, video) => {
  expect(metadata({ ...video, uploaded: '2026-11-23T03:15:00Z' }).createdAt).toBe('2026-11-23T03:15:00.000Z');
  expect(metadata(video)).not.toHaveProperty('userId');
});

test('times that cannot be read are unknown', () => {
  expect(metadata({ uploaded: 'soon', uploadExpiry: '', modified: null })).not.toHaveProperty('uploadedAt');
  expect(metadata({ uploaded: '2026-11-23T03:15:00Z' }).uploadedAt).toBe('2026-11-23T03:15:00.000Z');
});
