import { PutObjectCommand, S3Client as SdkClient } from '@aws-sdk/client-s3';
import type { EmulatedSubject } from './subject.ts';

const AT_ONCE = 20;

/** Puts the originals of so many videos, as if they had been confirmed. @returns their ids */
export async function fillBucket({ s3 }: Pick<EmulatedSubject, 's3'>, count: number): Promise<readonly string[]> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const sdk = new SdkClient({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  const uploadIds = Array.from({ length: count }, (_, index) => index.toString(16).padStart(32, '0'));
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = uploadIds.slice(first, first + AT_ONCE);
    const put = (id: string) =>
      sdk.send(new PutObjectCommand({ Bucket: bucket, Key: `videos/${id}/source.mp4`, Body: id }));
    await Promise.all(some.map(put));
  }
  sdk.destroy();
  return uploadIds.map((id) => `${id}-mp4`);
}
