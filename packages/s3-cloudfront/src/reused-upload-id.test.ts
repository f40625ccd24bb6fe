import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const MEBIBYTE = 1024 * 1024;
const uploadId = '0123456789abcdef0123456789abcdef';
const anna = { userId: 'anna' };
let subject: EmulatedSubject;

afterEach(() => subject.dispose());

async function setUp() {
  subject = await createEmulatedSubject();
  const bytes = await fixtures.moovFirst.read();
  const request = { ...anna, uploadId, fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length };
  return { bytes, request };
}

describe('the same id for a file', () => {
  test.each([
    ['of another user', { userId: 'bert' }],
    ['of another size', { sizeBytes: 5 }],
    ['of another type', { mimeType: 'video/quicktime', fileName: 'film.mov' }],
  ])('%s is another form: what is sent by one is not confirmed by the other', async (_name, changes) => {
    const { bytes, request } = await setUp();
    const first = await subject.storage.getUploadUrl(request);
    const otherRequest = { ...request, ...changes };
    const other = await subject.storage.getUploadUrl(otherRequest);
    const otherBytes = Buffer.alloc(otherRequest.sizeBytes, 7);
    await sendTicket(first, bytes, request.mimeType);
    await sendTicket(other, otherBytes, otherRequest.mimeType);
    const video = await subject.storage.confirmUpload(first.uploadReference, anna);
    const played = await subject.play(await subject.storage.getPlaybackUrl(video.videoId));
    expect(Buffer.from(played.bytes).equals(bytes)).toBe(true);
    const confirm = subject.storage.confirmUpload(other.uploadReference, { userId: otherRequest.userId });
    // The same video of the same user is confirmed already; any other is not found.
    if (other.videoId === first.videoId && otherRequest.userId === anna.userId)
      await expect(confirm).resolves.toEqual(video);
    else await expect(confirm).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('of the same user is the same form', async () => {
    const { bytes, request } = await setUp();
    const first = await subject.storage.getUploadUrl(request);
    const again = await subject.storage.getUploadUrl(request);
    await sendTicket(first, bytes, request.mimeType);
    expect(await subject.storage.confirmUpload(again.uploadReference, anna)).toMatchObject({ status: 'ready' });
    expect(subject.s3.keys.filter((key) => key.startsWith('uploads/'))).toEqual([]);
  });

  test('of another user can be cancelled without effect on the first', async () => {
    const { bytes, request } = await setUp();
    const first = await subject.storage.getUploadUrl(request);
    await sendTicket(first, bytes, request.mimeType);
    const other = await subject.storage.getUploadUrl({ ...request, userId: 'bert' });
    await subject.storage.abortUpload(other.uploadReference, { userId: 'bert' });
    expect(subject.s3.keys).toContain(first.protocol === 'post' ? first.fields['key'] : '');
  });

  test('of another user in parts is another upload: neither lists the parts of the other', async () => {
    const { request } = await setUp();
    const large = { ...request, sizeBytes: 6 * MEBIBYTE };
    const first = await subject.storage.getUploadUrl(large);
    const other = await subject.storage.getUploadUrl({ ...large, userId: 'bert' });
    const [part] = await subject.storage.multipart.signParts(first.uploadReference, [1], anna);
    await fetch(part?.url ?? '', { method: 'PUT', body: Buffer.alloc(part?.sizeBytes ?? 0) });
    expect(await subject.storage.multipart.listParts(first.uploadReference, anna)).toHaveLength(1);
    expect(await subject.storage.multipart.listParts(other.uploadReference, { userId: 'bert' })).toEqual([]);
  });
});
