import { BackendError, RetryHandler, StorageCall } from '@videostorage/core';
import { expect, test, vi } from 'vitest';
import type { ListedVideo } from './cloudflare-client.ts';
import { NewVideos } from './new-videos.ts';
import type { VideoDetails } from './video-details.ts';

const asked = {
  ...{ requireSignedUrls: true, allowedHosts: ['example.com'], watermarkUid: 'w', creator: 'vs-upload-a' },
  meta: { name: 'film.mp4', uploadId: 'a', attempt: 'one' },
};
const taken = {
  created: '2026-11-23T02:15:00Z',
  ...{ uid: 'f'.repeat(32), state: 'pendingupload', readyToStream: false, requireSignedURLs: true },
  ...{ allowedOrigins: ['example.com'], watermarkUid: 'w', creator: asked.creator, meta: { ...asked.meta } },
};

function subject() {
  const client = {
    listVideos: vi.fn(async (): Promise<readonly ListedVideo[]> => []),
    updateVideo: vi.fn(async (): Promise<VideoDetails | undefined> => taken),
    deleteVideo: vi.fn(async (_uid: string, _signal: AbortSignal) => {}),
  };
  const retryHandler = new RetryHandler({ random: () => 0 });
  const call = new StorageCall('getUploadUrl', { timeoutMs: 60_000 }, retryHandler, () => {});
  return { client, call, videos: new NewVideos(client) };
}

test('the videos of one attempt are those with its creator and its nonce, whatever else the provider lists', async () => {
  const { client, call, videos } = subject();
  const others = [
    { ...taken, creator: 'vs-upload-b' },
    { ...taken, meta: { ...asked.meta, attempt: 'two' } },
  ];
  client.listVideos.mockResolvedValue([...others, taken]);
  expect(await videos.find(asked.creator, 'one', call)).toEqual([taken]);
  const query = { limit: 1000, creator: asked.creator };
  expect(client.listVideos).toHaveBeenCalledWith(query, expect.anything());
  call.release();
});

test('all that one attempt has created is released', async () => {
  const { client, call, videos } = subject();
  const other = { ...taken, uid: 'e'.repeat(32) };
  client.listVideos.mockResolvedValue([taken, other]);
  expect(await videos.releaseAttempt(asked.creator, 'one', call)).toBe(true);
  expect(client.deleteVideo.mock.calls).toEqual([taken, other].map(({ uid }) => [uid, expect.anything()]));
  call.release();
});

test('a video that has all requested settings is not edited', async () => {
  const { client, call, videos } = subject();
  expect(await videos.settle(taken, asked, call)).toBe(taken);
  expect(client.updateVideo).not.toHaveBeenCalled();
  call.release();
});

test('an edit that fails once is repeated, and its answer counts', async () => {
  const { client, call, videos } = subject();
  client.updateVideo.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'Lost.'));
  expect(await videos.settle({ ...taken, requireSignedURLs: false, allowedOrigins: [] }, asked, call)).toBe(taken);
  expect(client.updateVideo).toHaveBeenCalledTimes(2);
  const body = { requireSignedURLs: true, allowedOrigins: ['example.com'] };
  expect(client.updateVideo).toHaveBeenLastCalledWith(taken.uid, body, expect.anything());
  call.release();
});

test('a setting that no edit can set is named in the error, before any edit', async () => {
  const { client, call, videos } = subject();
  const details = { ...taken, watermarkUid: undefined, requireSignedURLs: false };
  await expect(videos.settle(details, asked, call)).rejects.toMatchObject({
    ...{ code: 'BACKEND_REFUSED', backendName: 'cloudflare-stream' },
    message: 'Cloudflare did not apply these settings to a new video: `watermarkUid`; it was removed.',
  });
  expect(client.updateVideo).not.toHaveBeenCalled();
  call.release();
});

test.each<[string, VideoDetails | undefined]>([
  ['changes nothing', { ...taken, requireSignedURLs: false, allowedOrigins: [] }],
  ['finds no video', undefined],
])(
  'an edit that %s is an error that names all settings, and says that the video would be public',
  async (_name, edited) => {
    const { client, call, videos } = subject();
    client.updateVideo.mockResolvedValue(edited);
    const details = { ...taken, requireSignedURLs: false, allowedOrigins: [] };
    await expect(videos.settle(details, asked, call)).rejects.toMatchObject({
      message:
        'Cloudflare did not apply these settings to a new video: `requireSignedUrls`, `allowedHosts`, so it would be public or unplayable; it was removed.',
    });
    call.release();
  },
);

test('a release that the provider refuses is reported by false; a defect is thrown', async () => {
  const { client, call, videos } = subject();
  expect(await videos.release(taken.uid, call)).toBe(true);
  client.deleteVideo.mockRejectedValueOnce(new BackendError('BACKEND_REFUSED', 'No.'));
  expect(await videos.release(taken.uid, call)).toBe(false);
  const fault = new TypeError('bug');
  client.deleteVideo.mockRejectedValueOnce(fault);
  await expect(videos.release(taken.uid, call)).rejects.toBe(fault);
  call.release();
});
