import { fixtures } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { failingFiles } from '../test-support/failing-files.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';

const anna = { userId: 'anna' };

test('contract 4: a disk that does not answer while a file is inspected ends the confirm, and the bytes stay for another confirm', async () => {
  let isSlow = false;
  let looks = 0;
  const fileFunctions = failingFiles((name) => {
    if (!isSlow || name !== 'handle.read') return undefined;
    looks += 1;
    return new Promise(() => undefined);
  });
  const running = await startStorage({ fileFunctions });
  try {
    const { storage } = running;
    const bytes = await fixtures.moovFirst.read();
    const ticket = await storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(ticket), bytes);
    isSlow = true;
    // On a busy computer the first deadline may be over before the look begins.
    for (let timeoutMs = 300; looks === 0; timeoutMs *= 4) {
      const slow = storage.confirmUpload(ticket.uploadReference, { ...anna, timeoutMs });
      await expect(slow).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    }
    expect(await storage.videoExists(ticket.videoId)).toBe(false);
    isSlow = false;
    expect(await storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  } finally {
    await running.stop();
  }
});
