import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { UploadTicket } from '@videostorage/core';
import { Logger } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const user = { userId: 'student-1' };
const subjects: EmulatedSubject[] = [];
const api = { matches: (request: { readonly headers: object }) => 'authorization' in request.headers };

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

async function setUp(...args: Parameters<typeof createEmulatedSubject>): Promise<EmulatedSubject> {
  const subject = await createEmulatedSubject(...args);
  subjects.push(subject);
  return subject;
}

async function upload(subject: EmulatedSubject): Promise<UploadTicket> {
  const bytes = await fixtures.moovFirst.read();
  const request = { ...user, contextId: 'a', fileName: 'f.mp4', sizeBytes: bytes.length, mimeType: 'video/mp4' };
  const ticket = await subject.storage.getUploadUrl(request);
  await sendTicket(ticket, bytes, 'video/mp4');
  await subject.storage.confirmUpload(ticket.uploadReference, user);
  return ticket;
}

const videoKeys = ({ s3 }: EmulatedSubject) => s3.keys.filter((key) => key.startsWith('videos/'));

describe('answers of S3 whose status is misleading', () => {
  test('a page of a proxy is never an empty list, and never "not there"', async () => {
    const subject = await setUp();
    const { videoId } = await upload(subject);
    subject.s3.failNext({ kind: 'html' }, { ...api, times: 100 });
    await expect(subject.storage.listVideos()).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    await expect(subject.storage.deleteVideo(videoId)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test('T-J4: a key that could not be deleted inside a 200 is reported, and the delete can be repeated', async () => {
    const subject = await setUp();
    const { videoId } = await upload(subject);
    const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = subject.s3;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    const Key = `videos/${videoId.slice(0, 32)}/hls/s0.ts`;
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    client.destroy();
    subject.s3.undeletableKeys.add(Key);
    await expect(subject.storage.deleteVideo(videoId)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    subject.s3.undeletableKeys.clear();
    expect(await subject.storage.deleteVideo(videoId)).toEqual({ purged: false });
    expect(videoKeys(subject)).toEqual([]);
  });

  test('T-A3: a file that a store accepted against the policy is refused at confirm, removed, and logged', async () => {
    const events: string[] = [];
    const logger = new Logger({ sink: (record) => void events.push(`${record.event} ${record.code ?? ''}`.trim()) });
    const subject = await setUp({ logger }, { enforcePolicy: false });
    const bytes = await fixtures.moovFirst.read();
    const request = { ...user, contextId: 'a', fileName: 'f.mp4', sizeBytes: bytes.length - 1, mimeType: 'video/mp4' };
    const ticket = await subject.storage.getUploadUrl(request);
    await sendTicket(ticket, bytes, 'video/mp4');
    await expect(subject.storage.confirmUpload(ticket.uploadReference, user)).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
    });
    expect(videoKeys(subject)).toEqual([]);
    expect(events).toEqual(['upload.requested', 'upload.failed CONTENT_MISMATCH']);
  });

  test('an injected client that would sign the checksum of an empty body into parts is refused', async () => {
    const subject = await setUp();
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = subject.s3;
    const s3Client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    });
    const { storage } = await setUp({ s3Client, bucket });
    const sizeBytes = 10 * 1024 * 1024;
    const ticket = await storage.getUploadUrl({
      ...user,
      contextId: 'a',
      fileName: 'f.mp4',
      sizeBytes,
      mimeType: 'video/mp4',
    });
    await expect(storage.multipart.signParts(ticket.uploadReference, [1], user)).rejects.toMatchObject({
      code: 'MISCONFIGURED',
    });
  });

  test('many videos are deleted with one request to the edges', async () => {
    const subject = await setUp();
    const ids = [(await upload(subject)).videoId, (await upload(subject)).videoId, (await upload(subject)).videoId];
    expect(await subject.storage.deleteVideos(ids)).toEqual({ purged: false });
    expect(subject.cloudFront.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
    subject.clock.advance(6000);
    expect(await subject.storage.deleteVideos([...ids].reverse())).toEqual({ purged: true });
    expect(videoKeys(subject)).toEqual([]);
  });
});
