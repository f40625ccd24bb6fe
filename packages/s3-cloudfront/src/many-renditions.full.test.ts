import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createEmulatedSubject } from '../test-support/subject.ts';

test('renditions and all other objects below a video are deleted with it, page after page', async () => {
  const subject = await createEmulatedSubject();
  const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = subject.s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const one = '0123456789abcdef0123456789abcdef';
  for (let first = 0; first < 1010; first += 101) {
    await Promise.all(Array.from({ length: 101 }, (_, index) => put(`videos/${one}/hls/s${first + index}.ts`)));
  }
  await put(`videos/${one}x`);
  await put(`videos/${'f'.repeat(32)}/source.mp4`);
  await subject.storage.deleteVideo(`${one}-mp4`, { timeoutMs: 60_000 });
  expect(subject.s3.keys.filter((key) => key.startsWith('videos/'))).toEqual([
    `videos/${one}x`,
    `videos/${'f'.repeat(32)}/source.mp4`,
  ]);
  client.destroy();
  await subject.dispose();
}, 60_000);
