import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, PutBucketCorsCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { type Clock, RateLimiter, RetryHandler, systemClock } from '@videostorage/core';
import { CloudFrontEmulator, HttpFaultProxy } from '@videostorage/emulators';
import { describeVideoStorage, fixtures, type StorageSubject, sendTicket } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { cephRgw } from '../test-support/ceph-rgw.ts';
import { ecKeyPair } from '../test-support/key-pairs.ts';
import { toEmulatorFault } from '../test-support/subject.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';
import type { StoreAbilities } from './store-abilities.ts';

const HOUR_MS = 3_600_000;
const MEBIBYTE = 1024 * 1024;
const { endpoint, region, credentials } = cephRgw;

// The same cases as over the emulator: an emulator that accepts too much would be noticed here.
describeVideoStorage({
  name: 'S3CloudFrontStorage over Ceph RGW',
  create: () => create(),
  runner: { describe: describe.skipIf(endpoint === ''), test },
});

// Ceph 16 ignores create-if-absent on versioned buckets, which the options declare. The cases are those that versions can
// change.
if (endpoint !== '') {
  describeVideoStorage({
    name: 'S3CloudFrontStorage over a versioned bucket of Ceph RGW',
    create: () => create({ createIfAbsent: false }, true),
    only: ['round-trip/', 'confirm/', 'abort/', 'lifecycle/', 'delete/', 'maintenance/', 'multipart/parallel'],
  });
}

test.skipIf(endpoint === '')(
  'when that is not declared, the first confirm fails and names the option, and nothing becomes a video',
  async () => {
    const { storage, dispose } = await create({}, true);
    const bytes = await fixtures.moovFirst.read();
    const user = { userId: 'student-1' };
    const file = { fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length };
    const ticket = await storage.getUploadUrl({ ...user, ...file });
    // A form that has not arrived is only `NOT_UPLOADED`, since the gateway accepts forms.
    await expect(storage.confirmUpload(ticket.uploadReference, user)).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
    await sendTicket(ticket, bytes, 'video/mp4');
    const confirm = storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('set `store: { createIfAbsent: false }`'),
    });
    expect(await storage.videoExists(ticket.videoId)).toBe(false);
    await dispose();
  },
);

// The gateway's time cannot be advanced, only the host's: requests are then signed by the gateway's own.
test.skipIf(endpoint === '')('a sweep two days later frees uploads that were not confirmed, and no video', async () => {
  const clock = { offMs: 0, now: () => Date.now() + clock.offMs, sleep: systemClock.sleep };
  const { storage, play, dispose } = await create({}, false, clock);
  const bytes = await fixtures.moovFirst.read();
  const user = { userId: 'student-1' };
  const send = async (sizeBytes: number) => {
    const file = { fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes };
    const ticket = await storage.getUploadUrl({ ...user, ...file });
    const signParts = (numbers: readonly number[]) =>
      storage.multipart?.signParts(ticket.uploadReference, numbers, user) ?? Promise.resolve([]);
    await sendTicket(ticket, Buffer.concat([bytes, Buffer.alloc(sizeBytes - bytes.length)]), 'video/mp4', {
      signParts,
    });
    return ticket;
  };
  const kept = await send(bytes.length);
  await storage.confirmUpload(kept.uploadReference, user);
  await send(bytes.length);
  await send(6 * MEBIBYTE);
  clock.offMs = 47 * HOUR_MS;
  expect(await storage.maintenance?.sweep()).toMatchObject({ released: 0, failures: [] });
  clock.offMs = 50 * HOUR_MS;
  const dry = await storage.maintenance?.sweep({ dryRun: true });
  expect(dry?.released).toBeGreaterThanOrEqual(2);
  expect(await storage.maintenance?.sweep()).toMatchObject({ released: dry?.released, failures: [], more: false });
  expect(await storage.maintenance?.sweep()).toMatchObject({ released: 0 });
  clock.offMs = 0;
  expect((await play(await storage.getPlaybackUrl(kept.videoId))).bytes.length).toBe(bytes.length);
  await dispose();
});

/** A fresh bucket of the real gateway, an HTTP proxy that fails on request in front of it, CloudFront emulated. */
async function create(
  store: StoreAbilities = {},
  versioned = false,
  clock: Clock = systemClock,
): Promise<StorageSubject> {
  const bucket = `videos-${randomBytes(6).toString('hex')}`;
  await makeBucket(bucket, versioned);
  const proxy = await HttpFaultProxy.start(endpoint);
  const publicKey = ecKeyPair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const cloudFront = await CloudFrontEmulator.start({
    origin: { endpoint, bucket, region, ...credentials, readablePrefix: 'videos/' },
    errorCachingMinTtlSeconds: 0,
    publicKeys: { [ecKeyPair.keyPairId]: publicKey },
    invalidationDelayMs: 100,
  });
  const storage = new S3CloudFrontStorage({
    bucket,
    region,
    endpoint: proxy.origin,
    forcePathStyle: true,
    credentials,
    clock,
    store,
    cloudFront: {
      baseUrl: cloudFront.endpoint,
      endpoint: cloudFront.endpoint,
      distributionId: cloudFront.distributionId,
      keyPairs: [{ keyPairId: ecKeyPair.keyPairId, privateKey: ecKeyPair.pem }],
    },
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0 }),
    multipartThresholdBytes: 6 * MEBIBYTE,
    partSizeBytes: 5 * MEBIBYTE,
    inspectContent: true,
  });
  return {
    storage,
    secrets: [credentials.secretAccessKey, ecKeyPair.pem],
    multipartSizeBytes: 6 * MEBIBYTE,
    play: async (playback) => {
      const response = await fetch(playback.url);
      const { status, headers } = response;
      return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    failNext: (fault) => {
      const matches = (request: { readonly headers: object }) => 'authorization' in request.headers;
      proxy.failNext(toEmulatorFault(fault), { matches });
    },
    dispose: async () => {
      await cloudFront.stop();
      await proxy.stop();
    },
  };
}

async function makeBucket(bucket: string, versioned: boolean): Promise<void> {
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const rule = {
    AllowedOrigins: ['*'],
    AllowedMethods: ['POST', 'PUT', 'GET', 'HEAD'],
    AllowedHeaders: ['*'],
    ExposeHeaders: ['ETag'],
  };
  await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }));
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  if (versioned) await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  client.destroy();
}
