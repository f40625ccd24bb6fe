import { RateLimiter, systemClock } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import { makeS3Client } from './make-s3-client.ts';
import { ObjectKeys } from './object-key.ts';
import { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const options = {
  bucket: 'videos',
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
  rateLimiter: new RateLimiter({ upload: [], playback: [] }),
};
const uploadIds = fc.stringMatching(/^[0-9a-f]{32}$/);
const types = fc.constantFrom('video/mp4', 'video/webm', 'video/quicktime', 'video/matroska');

describe('property 1: keys', () => {
  test('T-B1: whatever users and files are called, the key contains only our own text', async () => {
    const hostile = fc.oneof(
      fc.string({ minLength: 1, maxLength: 60 }),
      fc.constantFrom('../', '\u0024{filename}', 'a/b', 'x'.repeat(120)),
    );
    const s3 = await S3Emulator.start();
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
    const credentials = { accessKeyId, secretAccessKey };
    const storage = new S3CloudFrontStorage({ ...options, endpoint, region, bucket, credentials });
    let forms = 0;
    await fc.assert(
      fc.asyncProperty(uploadIds, hostile, hostile, types, async (uploadId, userId, name, mimeType) => {
        const request = { userId, contextId: 'c', fileName: `${name}.mp4`, sizeBytes: 10, mimeType, uploadId };
        const ticket = await storage.getUploadUrl(request).catch(() => undefined);
        if (ticket?.protocol !== 'post') return;
        forms += 1;
        const { key = '' } = ticket.fields;
        expect(key).toMatch(new RegExp(`^uploads/${uploadId}\\.form\\.[0-9a-f]{32}$`));
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
      }),
      propertyRuns(100),
    );
    // About a third of the names are valid; far fewer would mean that hardly anything was tested.
    expect(forms).toBeGreaterThan(10);
    await s3.stop();
  }, 60_000);

  test('T-B4: the prefix of one video never reaches into another', () => {
    const keys = new ObjectKeys('school/');
    fc.assert(
      fc.property(uploadIds, uploadIds, (one, other) => {
        const { prefix, key } = keys.locate(`${one}-mp4`);
        expect(key).toBe(`school/videos/${one}/source.mp4`);
        expect(keys.locate(`${other}-mp4`).key.startsWith(prefix)).toBe(one === other);
        expect(keys.toBucket(keys.fromBucket(key))).toBe(key);
      }),
      propertyRuns(100),
    );
  });

  test.each(['', 'a/', 'a/b_c.d-e/'])('the prefix %j is taken', (prefix) => {
    expect(new ObjectKeys(prefix).toBucket('uploads/x')).toBe(`${prefix}uploads/x`);
  });

  test.each(['/', 'videos', '../', 'a//', 'a b/', 'é/', '*/', '\u0024{x}/', `${'a'.repeat(70)}/`])(
    'the prefix %j is refused',
    (prefix) => {
      expect(() => new ObjectKeys(prefix)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    },
  );
});

describe('property 2: policies', () => {
  const parsed = parseS3CloudFrontOptions(options);
  const client = new S3Client(makeS3Client(parsed), { bucket: 'videos', clock: systemClock });

  test('T-A1, T-B2: one exact key, one exact type, one exact length, an end; no starts-with, no $', async () => {
    const sizes = fc.integer({ min: 1, max: 5 * 1024 ** 3 });
    await fc.assert(
      fc.asyncProperty(
        uploadIds,
        sizes,
        types,
        fc.integer({ min: 1, max: 604_800 }),
        async (uploadId, sizeBytes, mimeType, expiresInSeconds) => {
          const key = `uploads/${uploadId}`;
          const { fields } = await client.getPresignedPost({ key, mimeType, sizeBytes, expiresInSeconds });
          const policy = JSON.parse(Buffer.from(fields['Policy'] ?? '', 'base64').toString('utf8')) as {
            readonly expiration: string;
            readonly conditions: readonly unknown[];
          };
          const text = JSON.stringify(policy);
          expect(text).not.toMatch(/starts-with|\$/);
          expect(policy.conditions.filter((one) => JSON.stringify(one).includes('content-length-range'))).toEqual([
            ['content-length-range', sizeBytes, sizeBytes],
          ]);
          expect(policy.conditions).toContainEqual({ key });
          expect(policy.conditions).toContainEqual({ 'Content-Type': mimeType });
          // Its answer then says the ETag in its body, which no CORS rule has to expose.
          expect(fields['success_action_status']).toBe('201');
          const lifetimeMs = Date.parse(policy.expiration) - Date.now();
          expect(lifetimeMs).toBeLessThanOrEqual(expiresInSeconds * 1000 + 1000);
          expect(lifetimeMs).toBeGreaterThan((expiresInSeconds - 10) * 1000);
        },
      ),
      propertyRuns(100),
    );
  });
});
