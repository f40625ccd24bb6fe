import {
  BackendError,
  ContentMismatchError,
  ContentUnverifiableError,
  UploadExpiredError,
  type VideoMetadata,
  VideoNotFoundError,
} from '@videostorage/core';
import { expect, test } from 'vitest';
import { isFinalRefusal, waitUntilReady } from './confirm-upload.ts';
import { createHttpTransport } from './create-http-transport.ts';
import type { TransportOptions } from './upload-transport.ts';

const { signal } = new AbortController();
const video = (status: VideoMetadata['status'], more: Partial<VideoMetadata> = {}): VideoMetadata => ({
  ...{ videoId: 'v', backendName: 'local', status, playable: status === 'ready' },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', ...more },
});

/** Polls until `answers` are used up; each is a video or a failure that `persist` retries. */
async function polled(confirmed: VideoMetadata, answers: readonly VideoMetadata[]) {
  const waits: number[] = [];
  const asked: string[] = [];
  const seen: string[] = [];
  const left = [...answers];
  const transport = {
    ...createHttpTransport('/'),
    async getVideo(videoId: string, options: TransportOptions) {
      expect(options.signal).toBe(signal);
      asked.push(videoId);
      return left.shift() ?? video('ready');
    },
  };
  const clock = { now: () => 0, sleep: async (delayMs: number) => void waits.push(delayMs) };
  const outcome = waitUntilReady(
    confirmed,
    { transport, clock },
    (work) => work(signal),
    signal,
    ({ status }) => void seen.push(status),
  );
  return { waits, asked, seen, outcome };
}

test('a video that is ready already is not polled', async () => {
  const { outcome, asked, seen } = await polled(video('ready'), []);
  expect(await outcome).toEqual(video('ready'));
  expect([asked, seen]).toEqual([[], []]);
});

test('the wait doubles from one second to 15, and each answer is reported', async () => {
  const { outcome, waits, asked, seen } = await polled(video('processing'), [
    ...[video('processing'), video('pending'), video('processing'), video('processing'), video('processing')],
  ]);
  expect(await outcome).toMatchObject({ status: 'ready' });
  expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(asked).toEqual(Array(6).fill('v'));
  expect(seen).toEqual(['processing', 'processing', 'pending', 'processing', 'processing', 'processing']);
});

test.each(['failed', 'expired', 'deleted'] as const)(
  'a video that becomes %s rejects with its failure',
  async (status) => {
    const failure = { code: 'DURATION_EXCEEDED', message: 'It has 11 minutes.' } as const;
    const { outcome } = await polled(video('processing'), [video(status, { failure })]);
    await expect(outcome).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure });
    const unknown = await polled(video('processing'), [video(status)]);
    await expect(unknown.outcome).rejects.toMatchObject({
      failure: { code: 'UNKNOWN', message: 'The video could not be processed.' },
    });
  },
);

test.each([
  [new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'x' }), true],
  [new ContentUnverifiableError('x'), true],
  [new UploadExpiredError(), true],
  [new VideoNotFoundError(), false],
  [new BackendError('BACKEND_UNAVAILABLE', 'x'), false],
  [new Error('x'), false],
  [Object.assign(new Error('of another library'), { code: 'UPLOAD_EXPIRED' }), false],
  [undefined, false],
])('%s is a final refusal: %s', (error, isFinal) => {
  expect(isFinalRefusal(error)).toBe(isFinal);
});
