import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as aws from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { RateLimiter } from '@videostorage/core';
import { S3Emulator } from '@videostorage/testing/emulators';
import { expect, test } from 'vitest';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const request = { userId: 'u', contextId: 'c', fileName: 'f.mp4', sizeBytes: 1000, mimeType: 'video/mp4' };
const common = {
  bucket: 'videos',
  region: 'us-east-1',
  referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
  rateLimiter: new RateLimiter({ upload: [], playback: [] }),
};

test('getUploadUrl against a bare createPresignedPost', async ({ bench }) => {
  const storage = new S3CloudFrontStorage({ ...common, credentials });
  const client = new aws.S3Client({ region: 'us-east-1', credentials, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const options = {
    Bucket: 'videos',
    Key: 'videos/x/source.mp4',
    Fields: { 'Content-Type': 'video/mp4' },
    Conditions: [['content-length-range', 1000, 1000] as ['content-length-range', number, number]],
  };
  const bare = await bench('createPresignedPost', async () => void (await createPresignedPost(client, options))).run();
  const ours = await bench('getUploadUrl', async () => void (await storage.getUploadUrl(request))).run();
  const ratio = bare.latency.mean / ours.latency.mean;
  console.log(`getUploadUrl of a bare createPresignedPost (goal 0.40): ${ratio.toFixed(2)}`);
  expect(ratio).toBeGreaterThan(0.05);
});

test('1 000 part URLs against the presigner in a loop, and the longest stall of the event loop', async () => {
  const s3 = await S3Emulator.start();
  const { endpoint, accessKeyId, secretAccessKey } = s3;
  const own = { accessKeyId, secretAccessKey };
  const storage = new S3CloudFrontStorage({ ...common, endpoint, credentials: own, partSizeBytes: 5 * 1024 * 1024 });
  const sizeBytes = 1000 * 5 * 1024 * 1024;
  const ticket = await storage.getUploadUrl({ ...request, sizeBytes: Math.min(sizeBytes, 5_000_000_000) });
  const client = new aws.S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: own,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const numbers = Array.from({ length: 950 }, (_, index) => index + 1);
  const ours = await measured(async () => {
    for (let first = 0; first < numbers.length; first += 100) {
      await storage.multipart.signParts(ticket.uploadReference, numbers.slice(first, first + 100), { userId: 'u' });
    }
  });
  const theirs = await measured(async () => {
    for (const PartNumber of numbers) {
      const command = new aws.UploadPartCommand({
        Bucket: 'videos',
        Key: 'k',
        UploadId: 'u',
        PartNumber,
        ContentLength: 5,
      });
      await getSignedUrl(client, command, { expiresIn: 3600 });
    }
  });
  await s3.stop();
  console.log(
    `950 part URLs: ours ${ours.ms.toFixed(0)} ms, longest stall ${ours.stallMs.toFixed(0)} ms; presigner in a loop ${theirs.ms.toFixed(0)} ms, ${theirs.stallMs.toFixed(0)} ms`,
  );
  expect(ours.ms).toBeLessThan(theirs.ms * 3);
});

async function measured(work: () => Promise<void>): Promise<{ readonly ms: number; readonly stallMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await work();
  delay.enable();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  delay.disable();
  return { ms, stallMs: delay.max / 1e6 };
}
