import { randomFillSync } from 'node:crypto';
import { CloudflareStreamEmulator, TcpFaultProxy } from '@videostorage/emulators';
import { fixtures } from '@videostorage/testing';
import { Upload } from 'tus-js-client';
import { expect, test } from 'vitest';
import { CloudflareStreamStorage } from './cloudflare-stream-storage.ts';

const SIZE_BYTES = 12_000_000;

test('12 MB by tus-js-client over a connection that is dropped twice arrive completely', async () => {
  let port = 0;
  const proxy = await TcpFaultProxy.start(() => port);
  const emulator = await CloudflareStreamEmulator.start({ uploadOrigin: proxy.origin });
  port = Number(new URL(emulator.apiOrigin).port);
  const storage = new CloudflareStreamStorage({
    accountId: emulator.accountId,
    apiToken: emulator.apiToken,
    apiOrigin: emulator.apiOrigin,
    playbackOrigin: emulator.playbackOrigin,
    basicUploadMaxBytes: 0,
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
  });
  const bytes = Buffer.alloc(SIZE_BYTES);
  const video = await fixtures.moovFirst.read();
  bytes.set(video);
  // A box that players skip, filled with noise: the file stays a video.
  bytes.writeUInt32BE(SIZE_BYTES - video.length, video.length);
  bytes.write('free', video.length + 4);
  randomFillSync(bytes, video.length + 8);
  const user = { userId: 'student-1' };
  const ticket = await storage.getUploadUrl({
    ...user,
    contextId: 'a',
    fileName: 'f.mp4',
    sizeBytes: SIZE_BYTES,
    mimeType: 'video/mp4',
  });
  if (ticket.protocol !== 'tus') throw new TypeError('A tus ticket was expected.');
  proxy.cutAfterUpload(3_000_000);
  proxy.cutAfterUpload(4_000_000);
  await new Promise<void>((resolve, reject) => {
    new Upload(bytes, {
      uploadUrl: ticket.url,
      chunkSize: 20 * ticket.chunk.multipleOf,
      retryDelays: [0, 20, 50, 100, 200],
      onSuccess: () => resolve(),
      onError: reject,
    }).start();
  });
  expect(proxy.cutCount).toBe(2);
  await emulator.finishProcessing();
  const confirmed = await storage.confirmUpload(ticket.uploadReference, user);
  expect(confirmed).toMatchObject({ status: 'ready', sizeBytes: SIZE_BYTES });
  await emulator.stop();
  await proxy.stop();
});
