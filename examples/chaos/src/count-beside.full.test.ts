import { fixtures, sendTicket } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { startFailingS3 } from './failing-s3.ts';
import { startFailingStream } from './failing-stream.ts';

const { mimeType, read } = fixtures.moovFirst;
const film = await read();
const userId = 'student-7';

test.each([
  ['s3-cloudfront', startFailingS3],
  ['cloudflare-stream', startFailingStream],
])('%s counts unknown videos, and uploads that were sent or begun and never confirmed', async (_name, start) => {
  const provider = await start(0, () => 1);
  const { storage } = provider;
  const send = async () => {
    const ticket = await storage.getUploadUrl({ fileName: 'film.mp4', mimeType, sizeBytes: film.length, userId });
    await sendTicket(ticket, film, mimeType);
    return ticket;
  };
  try {
    const { uploadReference } = await send();
    await provider.finishProcessing();
    const { videoId } = await storage.confirmUpload(uploadReference, { userId });
    const known = new Set([videoId]);
    // What a storage keeps of a sent file until its own sweep counts as well.
    const before = await provider.countBeside(known);
    expect(await provider.countBeside(new Set())).toBeGreaterThan(before);
    await send();
    expect(await provider.countBeside(known)).toBe(before + 1);
    const sizeBytes = 20 * 1024 * 1024;
    await storage.getUploadUrl({ fileName: 'long.mp4', mimeType, sizeBytes, userId });
    expect(await provider.countBeside(known)).toBe(before + 2);
    provider.clock.shift(96);
    await storage.maintenance?.sweep({ limit: 100, dryRun: false });
    expect(await provider.countBeside(known)).toBe(0);
  } finally {
    await provider.stop();
  }
});
