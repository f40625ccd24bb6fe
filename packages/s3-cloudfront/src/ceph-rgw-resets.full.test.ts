import { createHash, randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { RateLimiter } from '@videostorage/core';
import { TcpFaultProxy } from '@videostorage/emulators';
import { fixtures } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { cephRgw } from '../test-support/ceph-rgw.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const MEBIBYTE = 1024 * 1024;
const user = { userId: 'student-1' };
const { endpoint, region, credentials } = cephRgw;

// Connections that break in the middle of a part: the gateway keeps no half part, and its list of parts is enough to continue.
test.skipIf(endpoint === '')(
  'an upload in parts continues after two connection resets, and the same bytes are played',
  async () => {
    const bucket = `resets-${randomBytes(6).toString('hex')}`;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
    const proxy = await TcpFaultProxy.start(Number(new URL(endpoint).port));
    const storage = new S3CloudFrontStorage({
      bucket,
      region,
      endpoint: proxy.origin,
      forcePathStyle: true,
      credentials,
      referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
      rateLimiter: new RateLimiter({ upload: [], playback: [] }),
      multipartThresholdBytes: 6 * MEBIBYTE,
      partSizeBytes: 5 * MEBIBYTE,
      inspectContent: true,
    });
    const film = await fixtures.moovFirst.read();
    const bytes = Buffer.concat([film, randomBytes(17 * MEBIBYTE - film.length)]);
    const request = { ...user, contextId: 'a', fileName: 'f.mp4', sizeBytes: bytes.length, mimeType: 'video/mp4' };
    const ticket = await storage.getUploadUrl(request);
    if (ticket.protocol !== 'multipart') throw new TypeError('Parts were expected.');
    const { uploadReference, partCount, partSizeBytes } = ticket;

    const arrived = async () =>
      (await storage.multipart.listParts(uploadReference, user)).map(({ partNumber }) => partNumber);
    const send = async (partNumber: number) => {
      const [part] = await storage.multipart.signParts(uploadReference, [partNumber], user);
      const begin = (partNumber - 1) * partSizeBytes;
      const body = bytes.subarray(begin, begin + (part?.sizeBytes ?? 0));
      // A connection of its own, so that each reset is of one part in the middle.
      return fetch(part?.url ?? '', { method: 'PUT', body, headers: { connection: 'close' } });
    };
    expect((await send(1)).status).toBe(200);
    for (const partNumber of [2, 3]) {
      proxy.cutAfterUpload(2 * MEBIBYTE);
      await expect(send(partNumber)).rejects.toThrow();
    }
    expect(proxy.cutCount).toBe(2);
    expect(await arrived()).toEqual([1]);
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'NOT_UPLOADED' });

    const there = new Set(await arrived());
    const missing = Array.from({ length: partCount }, (_, index) => index + 1).filter((number) => !there.has(number));
    for (const partNumber of missing) expect((await send(partNumber)).status).toBe(200);
    const { videoId } = await storage.confirmUpload(uploadReference, user);
    const { url } = await storage.getPlaybackUrl(videoId);
    const played = Buffer.from(await (await fetch(url)).arrayBuffer());
    const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    expect(sha256(played)).toBe(sha256(bytes));
    await proxy.stop();
  },
);
