import { readFileSync } from 'node:fs';
import { fixtures } from '@videostorage/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startCloudflareStream } from './cloudflare-stream.ts';
import { startS3AndCloudFront } from './s3-and-cloudfront.ts';
import { uploadAndPlay } from './upload-and-play.ts';

test('a video uploaded to the S3 emulator is served by the CloudFront emulator, only with a signature', async () => {
  const emulated = await startS3AndCloudFront();
  onTestFinished(() => emulated.stop());
  const { status, statusUnsigned, bytes } = await uploadAndPlay(emulated);
  expect([status, statusUnsigned]).toEqual([200, 403]);
  expect(Buffer.from(bytes).equals(Buffer.from(await fixtures.moovFirst.read()))).toBe(true);
});

test('a video uploaded to the Stream emulator is played only with a token', async () => {
  const emulated = await startCloudflareStream();
  onTestFinished(() => emulated.stop());
  const { videoId, status, statusUnsigned } = await uploadAndPlay(emulated);
  expect([status, statusUnsigned]).toEqual([200, 401]);
  expect(await emulated.storage.getVideoMetadata(videoId)).toMatchObject({ status: 'ready', userId: 'student-7' });
});

test.each(['s3-and-cloudfront', 'cloudflare-stream'])('wiring %s takes less than 60 lines', (name) => {
  const text = readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8');
  expect(text.split('\n').length).toBeLessThan(60);
});
