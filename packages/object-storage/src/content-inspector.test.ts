import type { UploadClaims, VideoFailure } from '@videostorage/core';
import type { ProbeOptions, ProbeResult } from '@videostorage/media';
import { describe, expect, test } from 'vitest';
import { probedVideo } from '../test-support/memory-host.ts';
import { TestClock } from '../test-support/test-clock.ts';
import { ContentInspector } from './content-inspector.ts';

type NotAVideo = Extract<ProbeResult, { readonly outcome: 'not-a-video' }>;

const declared: UploadClaims = {
  ...{ backendName: 'memory', uploadId: '0'.repeat(32), videoId: `${'0'.repeat(32)}-mp4`, userId: 'student-1' },
  ...{ sizeBytes: 10, mimeType: 'video/mp4', validUntil: '2026-11-26T12:00:00.000Z' },
};
const clock = new TestClock(1_000_000);
const { signal } = new AbortController();

function reader(sizeBytes = 10) {
  return { sizeBytes, read: async () => new Uint8Array() };
}

function inspect(probed: ProbeResult, claims: Partial<UploadClaims> = {}, remainingMs = 10_000) {
  const asked: ProbeOptions[] = [];
  const inspector = new ContentInspector(async (_, options) => {
    asked.push(options);
    return probed;
  }, clock);
  const outcome = inspector.inspect(reader(), { ...declared, ...claims }, clock.now() + remainingMs, signal);
  return { asked, outcome };
}

test('a video has all facts that the probe has read', async () => {
  const content = { sizeBytes: 10, mimeType: 'video/mp4', widthPixels: 320, heightPixels: 180 };
  const all = { ...content, durationSeconds: 12.5, codec: 'avc1.64001e' };
  expect(await inspect(probedVideo).outcome).toStrictEqual({ outcome: 'match', content: all });
  const { durationSeconds, videoCodec, ...bare } = probedVideo;
  expect(await inspect(bare).outcome).toStrictEqual({ outcome: 'match', content });
});

test('a value of another probe that is not a proper number or name is unknown: a record with it could not be read', async () => {
  const content = { sizeBytes: 10, mimeType: 'video/mp4' };
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    const numbers = { durationSeconds: odd, widthPixels: odd, heightPixels: odd };
    const probed = { ...probedVideo, ...numbers, videoCodec: '', mimeType: '' };
    expect(await inspect(probed).outcome).toStrictEqual({ outcome: 'match', content });
    expect(await inspect(probed, { maxDurationSeconds: 60 }).outcome).toMatchObject({ outcome: 'undetermined' });
  }
  const webm = { mimeType: 'video/webm' };
  const nameless = await inspect({ ...probedVideo, mimeType: '' }, webm).outcome;
  expect(nameless).toMatchObject({ outcome: 'match', content: webm });
  const longest = await inspect({ ...probedVideo, videoCodec: 'x'.repeat(512) }).outcome;
  expect(longest).toHaveProperty('content.codec', 'x'.repeat(512));
  const tooLong = await inspect({ ...probedVideo, videoCodec: 'x'.repeat(513) }).outcome;
  expect(tooLong).not.toHaveProperty('content.codec');
  const failure = { code: 'NOT_A_VIDEO', message: 'x'.repeat(1001), more: 1 } as const;
  const refused = await inspect({ outcome: 'not-a-video', failure, bytesRead: 0, reads: 0 }).outcome;
  expect(refused).toStrictEqual({
    outcome: 'mismatch',
    failure: { code: 'NOT_A_VIDEO', message: 'x'.repeat(1000) },
  });
});

describe('a reason of a refusal', () => {
  async function recorded(code: string) {
    const failure: NotAVideo['failure'] = JSON.parse(JSON.stringify({ code, message: 'The picture is empty.' }));
    return inspect({ outcome: 'not-a-video', failure, bytesRead: 0, reads: 0 }).outcome;
  }

  test.each(['TOO_DARK', 'NOT_A', ''])(
    'that only another probe has, %j, is UNKNOWN: a record with it could not be read',
    async (code) => {
      const failure = { code: 'UNKNOWN', message: 'The picture is empty.' };
      expect(await recorded(code)).toStrictEqual({ outcome: 'mismatch', failure });
    },
  );

  const known = Object.keys({
    ...{ SIZE_MISMATCH: 0, TYPE_MISMATCH: 0, NOT_A_VIDEO: 0, DURATION_EXCEEDED: 0, DURATION_TOO_SHORT: 0 },
    ...{ MALFORMED: 0, FETCH_FAILED: 0, UNKNOWN: 0 },
  } satisfies Record<VideoFailure['code'], 0>);
  test.each(known)('%s is one that a record may contain', async (code) => {
    const failure = { code, message: 'The picture is empty.' };
    expect(await recorded(code)).toStrictEqual({ outcome: 'mismatch', failure });
  });
});

test('the probe ends before the call, and after 30 s at the latest', async () => {
  const timeouts = [10_000, 1000, 1, -5, 37_500, 37_502, 60_000].map(
    (ms) => inspect(probedVideo, {}, ms).asked[0]?.timeoutMs,
  );
  expect(timeouts).toEqual([8000, 800, 1, 1, 30_000, 30_000, 30_000]);
  expect(inspect(probedVideo).asked[0]?.signal).toBe(signal);
});

test('a timeout is retryable only when the deadline of the call was the bound', async () => {
  const probed = { outcome: 'undetermined', reason: 'timeout', message: 'Slow.', bytesRead: 0, reads: 0 } as const;
  const codes = await Promise.all(
    [10_000, 37_500, 37_502].map(async (ms) => {
      const inspection = await inspect(probed, {}, ms).outcome;
      return inspection.outcome === 'undetermined' && [inspection.error.code, inspection.error.message];
    }),
  );
  const inTime = ['TIMEOUT', 'The content could not be inspected in time; please try again.'];
  expect(codes).toEqual([inTime, inTime, ['CONTENT_UNVERIFIABLE', 'Slow.']]);
  const other = await inspect({ ...probed, reason: 'too-complex' }).outcome;
  const content = { sizeBytes: 10, mimeType: 'video/mp4' };
  expect(other).toMatchObject({
    outcome: 'undetermined',
    content,
    error: { code: 'CONTENT_UNVERIFIABLE', message: 'Slow.' },
  });
});

test('another size is a mismatch before anything is read, inspected or not', async () => {
  for (const probe of [undefined, () => Promise.reject(new Error('The probe must not be called.'))]) {
    const inspector = new ContentInspector(probe, clock);
    for (const sizeBytes of [9, 11]) {
      const inspection = await inspector.inspect(reader(sizeBytes), declared, clock.now() + 10_000, signal);
      expect(inspection).toMatchObject({ outcome: 'mismatch', failure: { code: 'SIZE_MISMATCH' } });
    }
  }
});

test('type and duration are compared by the rule of core', async () => {
  const type = await inspect({ ...probedVideo, mimeType: 'video/webm' }).outcome;
  expect(type).toMatchObject({ outcome: 'mismatch', failure: { code: 'TYPE_MISMATCH' } });
  expect(await inspect({ ...probedVideo, mimeType: 'video/quicktime' }).outcome).toMatchObject({ outcome: 'match' });
  const long = await inspect(probedVideo, { maxDurationSeconds: 11 }).outcome;
  expect(long).toMatchObject({ outcome: 'mismatch', failure: { code: 'DURATION_EXCEEDED' } });
  expect(await inspect(probedVideo, { maxDurationSeconds: 12 }).outcome).toMatchObject({ outcome: 'match' });
});

test('without inspection the declared type is kept, other facts are unknown, and a limit cannot be verified', async () => {
  const inspector = new ContentInspector(undefined, clock);
  const inspection = (claims: UploadClaims) => inspector.inspect(reader(), claims, clock.now() + 10_000, signal);
  const content = { sizeBytes: 10, mimeType: 'video/mp4' };
  expect(await inspection(declared)).toEqual({ outcome: 'match', content });
  const limited = await inspection({ ...declared, maxDurationSeconds: 60 });
  expect(limited).toMatchObject({ outcome: 'undetermined', content, error: { code: 'CONTENT_UNVERIFIABLE' } });
});
