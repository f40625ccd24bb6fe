import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';
import {
  type BilledRequests,
  DELETION,
  DELETION_WITHOUT_EDGES,
  FORM_UPLOAD,
  UPLOAD_IN_PARTS,
} from './billed-requests.ts';

const MEBIBYTE = 1024 * 1024;
const user = { userId: 'student-1' };
let subject: EmulatedSubject;

afterEach(() => subject.dispose());

/** Counts what S3 bills while the work is done. Requests of CloudFront to the bucket are none of them. */
async function billed(work: () => Promise<unknown>): Promise<BilledRequests> {
  const seen: (keyof BilledRequests | 'free')[] = [];
  const matches = ({
    method = '',
    url = '',
  }: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
  }) => {
    const { pathname, searchParams } = new URL(url, 'http://s3');
    const isList =
      method === 'GET' && (pathname === '/videos' || pathname === '/videos/' || searchParams.has('uploadId'));
    const isDelete = method === 'DELETE' || searchParams.has('delete');
    if (pathname.startsWith('/videos')) seen.push(isDelete ? 'free' : method === 'GET' && !isList ? 'reads' : 'writes');
    return false;
  };
  subject.s3.failNext({ kind: 'status', status: 500 }, { matches });
  await work();
  const count = (kind: keyof BilledRequests) => seen.filter((one) => one === kind).length;
  return { writes: count('writes'), reads: count('reads') };
}

async function upload(uploadId: string, padTo = 0): Promise<string> {
  const { storage } = subject;
  const video = await fixtures.moovFirst.read();
  const bytes = Buffer.concat([video, Buffer.alloc(Math.max(0, padTo - video.length))]);
  const file = { fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length };
  const ticket = await storage.getUploadUrl({ ...user, ...file, uploadId });
  const signParts = (numbers: readonly number[]) => storage.multipart.signParts(ticket.uploadReference, numbers, user);
  await sendTicket(ticket, bytes, 'video/mp4', { signParts });
  return (await storage.confirmUpload(ticket.uploadReference, user)).videoId;
}

/** Confirms one upload first: by then the process has checked whether the store creates atomically, which it does only once. */
async function setUp(...settings: Parameters<typeof createEmulatedSubject>): Promise<void> {
  subject = await createEmulatedSubject(...settings);
  await upload('f'.repeat(32));
}

test('a form: the emulator gets exactly the requests that the estimate counts', async () => {
  await setUp();
  expect(await billed(() => upload('0'.repeat(32)))).toEqual(FORM_UPLOAD);
});

test.each([1, 2])(
  '%i parts: the emulator gets the requests that the estimate counts, and one for each part',
  async (parts) => {
    await setUp({ multipartThresholdBytes: 1 });
    const counted = await billed(() => upload('0'.repeat(32), (parts - 1) * 6 * MEBIBYTE));
    expect(counted).toEqual({ ...UPLOAD_IN_PARTS, writes: UPLOAD_IN_PARTS.writes + parts });
  },
);

test('a delete, until the edges are purged', async () => {
  await setUp();
  const videoId = await upload('0'.repeat(32));
  const counted = await billed(async () => {
    expect(await subject.storage.deleteVideo(videoId)).toEqual({ purged: false });
    subject.clock.advance(600_000);
    expect(await subject.storage.deleteVideo(videoId)).toEqual({ purged: true });
  });
  expect(counted).toEqual(DELETION);
});

test('a delete without a distribution', async () => {
  await setUp({ cloudFront: undefined });
  const videoId = await upload('0'.repeat(32));
  expect(await billed(() => subject.storage.deleteVideo(videoId))).toEqual(DELETION_WITHOUT_EDGES);
});
