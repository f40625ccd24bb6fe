import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const user = { userId: 'student-1' };
const film = { ...user, fileName: 'f.mp4', mimeType: 'video/mp4' };
let subject: EmulatedSubject | undefined;
afterEach(() => subject?.dispose());

test.each([
  ['a form', 16 * 2 ** 20],
  ['parts', 1],
])(
  'contract 4: a bucket that does not answer while %s is inspected ends the confirm, and the bytes stay for another confirm',
  async (_way, multipartThresholdBytes) => {
    subject = await createEmulatedSubject({ multipartThresholdBytes });
    const { storage, s3 } = subject;
    const bytes = await fixtures.moovFirst.read();
    const ticket = await storage.getUploadUrl({ ...film, sizeBytes: bytes.length });
    const signParts = (numbers: readonly number[]) =>
      storage.multipart.signParts(ticket.uploadReference, numbers, user);
    await sendTicket(ticket, bytes, 'video/mp4', { signParts });
    let isSlow = true;
    let inspections = 0;
    const matches = ({ method, headers }: { readonly method?: string | undefined; readonly headers: object }) => {
      if (!isSlow || method !== 'GET' || !('range' in headers)) return false;
      inspections += 1;
      return true;
    };
    s3.failNext({ kind: 'hang' }, { matches, times: Number.POSITIVE_INFINITY });
    // On a busy computer the first deadline may be over before the inspection begins.
    for (let timeoutMs = 300; inspections === 0; timeoutMs *= 4) {
      const slow = storage.confirmUpload(ticket.uploadReference, { ...user, timeoutMs });
      await expect(slow).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    }
    expect(await storage.videoExists(ticket.videoId)).toBe(false);
    isSlow = false;
    expect(await storage.confirmUpload(ticket.uploadReference, user)).toMatchObject({ status: 'ready' });
    expect(s3.keys).toContain(`videos/${ticket.videoId.split('-')[0]}/source.mp4`);
  },
);
