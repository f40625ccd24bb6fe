import { BackendError, type IdentifiedUploadRequest, RetryHandler, StorageCall, toTimestamp } from '@videostorage/core';
import { expect, test, vi } from 'vitest';
import type { NewVideos } from './new-videos.ts';
import { parseStreamOptions } from './parsed-stream-options.ts';
import { StreamUploads } from './stream-uploads.ts';
import type { VideoDetails } from './video-details.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');
const expiresAtMs = nowMs + 1_800_000;
const uid = 'f'.repeat(32);
const film: IdentifiedUploadRequest = {
  ...{ uploadId: 'a'.repeat(32), userId: 'student-1', fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 1000 },
};
const details: VideoDetails = {
  ...{ uid, state: 'pendingupload', readyToStream: false, meta: {}, requireSignedURLs: true, allowedOrigins: [] },
};
const options = parseStreamOptions({
  accountId: '0'.repeat(32),
  apiToken: 'a-token-of-at-least-thirty-two-characters',
  referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
});

function subject(signal?: AbortSignal) {
  const created = { uid, uploadUrl: 'https://upload.example/form' };
  const client = {
    getDirectUploadUrl: vi.fn(async () => created),
    createTusUpload: vi.fn(async () => created),
    getVideoDetails: vi.fn(async (): Promise<VideoDetails | undefined> => details),
  };
  const newVideos = {
    settle: vi.fn<NewVideos['settle']>(async (found) => found),
    release: vi.fn<NewVideos['release']>(async () => true),
    releaseAttempt: vi.fn<NewVideos['releaseAttempt']>(async () => true),
  };
  const providerTime = { now: () => nowMs, skewMs: 0 };
  const parts = { client, newVideos, options, providerTime, ticketExpiresAtMs: () => expiresAtMs };
  const call = new StorageCall('getUploadUrl', { timeoutMs: 60_000, signal }, new RetryHandler(), () => {});
  const create = async () => {
    try {
      return await new StreamUploads(parts).create(film, call);
    } finally {
      call.release();
    }
  };
  return { client, newVideos, call, create };
}

test('a creation that was never sent is not looked up', async () => {
  const [caller, reason] = [new AbortController(), new Error('gone')];
  const { client, newVideos, call, create } = subject(caller.signal);
  // Reading the signal starts the deadline of the call.
  expect(call.signal.aborted).toBe(false);
  caller.abort(reason);
  await expect(create()).rejects.toBe(reason);
  expect(client.getDirectUploadUrl).not.toHaveBeenCalled();
  expect(newVideos.releaseAttempt).not.toHaveBeenCalled();
});

test('a creation whose answer was lost is found by its attempt and released before another one is made, at most three', async () => {
  const { client, newVideos, create } = subject();
  const lost = new BackendError('BACKEND_UNAVAILABLE', 'Lost.');
  client.getDirectUploadUrl.mockRejectedValueOnce(lost).mockRejectedValueOnce(lost);
  expect(await create()).toMatchObject({ protocol: 'post', videoId: uid });
  const attempts = newVideos.releaseAttempt.mock.calls.map(([creator, attempt]) => [creator, attempt]);
  expect(attempts).toEqual(Array(2).fill([`vs-upload-${film.uploadId}`, expect.any(String)]));
  expect(new Set(attempts.map(([, attempt]) => attempt)).size).toBe(2);
  const last = subject();
  last.client.getDirectUploadUrl.mockRejectedValue(lost);
  await expect(last.create()).rejects.toBe(lost);
  expect(last.client.getDirectUploadUrl).toHaveBeenCalledTimes(3);
  expect(last.newVideos.releaseAttempt).toHaveBeenCalledTimes(3);
});

test('no other creation follows when a lost one could not be released', async () => {
  const { client, newVideos, create } = subject();
  client.getDirectUploadUrl.mockRejectedValue(new BackendError('BACKEND_UNAVAILABLE', 'Lost.'));
  newVideos.releaseAttempt.mockResolvedValue(false);
  await expect(create()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  expect(client.getDirectUploadUrl).toHaveBeenCalledTimes(1);
});

test('a ticket has the requested end when Cloudflare does not return one for its upload', async () => {
  expect((await subject().create()).expiresAt).toBe(toTimestamp(expiresAtMs));
});

test.each([
  ['earlier', -60_000, -60_000],
  ['later', 60_000, 0],
])('an upload that ends %s than requested by %i ms moves the end of its ticket by %i ms', async (_, offMs, cutMs) => {
  const { client, create } = subject();
  client.getVideoDetails.mockResolvedValue({ ...details, uploadExpiry: toTimestamp(expiresAtMs + offMs) });
  expect((await create()).expiresAt).toBe(toTimestamp(expiresAtMs + cutMs));
});

test('an upload that Cloudflare created and then does not find is released, and the error says so', async () => {
  const { client, newVideos, create } = subject();
  client.getVideoDetails.mockResolvedValue(undefined);
  await expect(create()).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
    message: expect.stringContaining('Cloudflare created an upload, but does not find it.'),
  });
  expect(newVideos.release).toHaveBeenCalledWith(uid, expect.anything());
  expect(newVideos.releaseAttempt).not.toHaveBeenCalled();
});
