import { RateLimiter, systemClock } from '@videostorage/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
const storage = new S3CloudFrontStorage(options);
const uploadIds = fc.stringMatching(/^[0-9a-f]{32}$/);
const types = fc.constantFrom('video/mp4', 'video/webm', 'video/quicktime', 'video/matroska');

describe('property 1: keys', () => {
  test('T-B1: whatever users are called and files are named, the key is ours alone', async () => {
    const hostile = fc.oneof(
      fc.string({ minLength: 1, maxLength: 60 }),
      fc.constantFrom('../', '\u0024{filename}', 'a/b', 'x'.repeat(120)),
    );
    await fc.assert(
      fc.asyncProperty(uploadIds, hostile, hostile, types, async (uploadId, userId, name, mimeType) => {
        const request = { userId, contextId: 'c', fileName: `${name}.mp4`, sizeBytes: 10, mimeType, uploadId };
        const ticket = await storage.getUploadUrl(request).catch(() => undefined);
        if (ticket?.protocol !== 'post') return;
        const { key = '' } = ticket.fields;
        expect(key).toMatch(new RegExp(`^videos/${uploadId}/source\\.(mp4|webm|mov|mkv)$`));
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
      }),
      { numRuns: 1000 },
    );
  });

  test('T-B4: the prefix of one video never reaches into another', () => {
    const keys = new ObjectKeys('videos/');
    fc.assert(
      fc.property(uploadIds, uploadIds, (one, other) => {
        const { prefix } = keys.locate(`${one}-mp4`);
        expect(keys.generateObjectKey(`${other}-mp4`).startsWith(prefix)).toBe(one === other);
        expect(keys.videoIdOf(keys.generateObjectKey(`${one}-mp4`))).toBe(`${one}-mp4`);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['', '/', 'videos', '../', 'a//', 'a b/', 'é/', '*/', '\u0024{x}/', `${'a'.repeat(70)}/`])(
    'the prefix %j is refused',
    (prefix) => {
      expect(() => new ObjectKeys(prefix)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    },
  );
});

describe('property 2: policies', () => {
  const parsed = parseS3CloudFrontOptions(options);
  const client = new S3Client(makeS3Client(parsed), 'videos', systemClock);

  test('T-A1, T-B2: one exact key, one exact type, one exact length, an end; no starts-with, no $', async () => {
    const sizes = fc.integer({ min: 1, max: 5 * 1024 ** 3 });
    await fc.assert(
      fc.asyncProperty(
        uploadIds,
        sizes,
        types,
        fc.integer({ min: 1, max: 604_800 }),
        async (uploadId, sizeBytes, mimeType, expiresInSeconds) => {
          const key = `videos/${uploadId}/source.mp4`;
          const metadata = { videostorage: 'e30' };
          const { fields } = await client.getPresignedPost({ key, mimeType, sizeBytes, metadata, expiresInSeconds });
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
          const lifetimeMs = Date.parse(policy.expiration) - Date.now();
          expect(lifetimeMs).toBeLessThanOrEqual(expiresInSeconds * 1000 + 1000);
          expect(lifetimeMs).toBeGreaterThan((expiresInSeconds - 10) * 1000);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
