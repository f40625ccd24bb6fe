import { RateLimiter, RetryHandler, StorageCall, type UploadClaims, Validator } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import { ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeS3Client } from './make-s3-client.ts';
import { ObjectKeys } from './object-key.ts';
import { PartUploads } from './part-uploads.ts';
import { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';
import { encodeSentUpload } from './sent-upload.ts';

const MEBIBYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;
const user = { userId: 'student-1' };
const clock = new ManualClock();
let s3: S3Emulator;
let storage: S3CloudFrontStorage;

beforeAll(async () => {
  s3 = await S3Emulator.start({ clock });
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  storage = new S3CloudFrontStorage({
    bucket,
    region,
    endpoint,
    clock,
    credentials: { accessKeyId, secretAccessKey },
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    validator: new Validator({ maxSizeBytes: 1000 * MEBIBYTE }),
    partSizeBytes: 5 * MEBIBYTE,
  });
});
afterAll(() => s3.stop());

/** An upload of 200 parts, the last one of a single byte. */
async function begin() {
  const sizeBytes = 995 * MEBIBYTE + 1;
  const film = { contextId: 'a', fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes };
  return (await storage.getUploadUrl({ ...user, ...film })).uploadReference;
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a hundred parts are signed in turns with the rest of the host, at least every twenty', async () => {
  const uploadReference = await begin();
  let isSigning = true;
  let turns = 0;
  const turn = () => {
    turns += 1;
    if (isSigning) setImmediate(turn);
  };
  setImmediate(turn);
  const parts = await storage.multipart.signParts(uploadReference, upTo(100), user);
  isSigning = false;
  expect(parts.map(({ partNumber }) => partNumber)).toEqual(upTo(100));
  // After the 20th, 40th, 60th and 80th.
  expect(turns).toBeGreaterThanOrEqual(4);
});

test.each([
  ['none', []],
  ['more than a hundred', upTo(101)],
  ['one beyond the last', [201]],
  ['number zero', [0]],
  ['a fraction', [1.5]],
  ['something else', 'parts' as unknown as number[]],
])('parts: %s is refused as the request’s fault', async (_name, numbers) => {
  await expect(storage.multipart.signParts(await begin(), numbers, user)).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    problems: [{ path: 'partNumbers' }],
  });
});

test('the last part has what is left; a part’s URL never outlives its ticket, and there is none after it', async () => {
  const uploadReference = await begin();
  const sign = () => storage.multipart.signParts(uploadReference, [199, 200], user);
  const beginMs = clock.now();
  const [whole, last] = await sign();
  expect([whole?.sizeBytes, last?.sizeBytes]).toEqual([5 * MEBIBYTE, 1]);
  expect(Date.parse(whole?.expiresAt ?? '')).toBe(beginMs + HOUR_MS);
  clock.advance(23.5 * HOUR_MS);
  const [late] = await sign();
  expect(Date.parse(late?.expiresAt ?? '')).toBeLessThanOrEqual(beginMs + 24 * HOUR_MS);
  clock.advance(0.5 * HOUR_MS);
  await expect(sign()).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
});

test('a form has no parts: neither signed nor listed', async () => {
  const file = { fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes: 10 };
  const ticket = await storage.getUploadUrl({ ...user, ...file });
  expect(ticket.protocol).toBe('post');
  const missing = { code: 'VIDEO_NOT_FOUND' };
  await expect(storage.multipart.signParts(ticket.uploadReference, [1], user)).rejects.toMatchObject(missing);
  await expect(storage.multipart.listParts(ticket.uploadReference, user)).rejects.toMatchObject(missing);
});

test('signing stops at the part at which the caller aborts', async () => {
  const { endpoint, region, bucket } = s3;
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
  const referenceSecrets = ['a-secret-of-at-least-thirty-two-bytes'];
  const parsed = parseS3CloudFrontOptions({ endpoint, region, bucket, credentials, referenceSecrets });
  const caller = new AbortController();
  let signed = 0;
  class Counting extends S3Client {
    override async signParts() {
      return async () => {
        signed += 1;
        if (signed === 30) caller.abort(new Error('The host stops.'));
        return 'https://example.com';
      };
    }
  }
  const sizeBytes = 500 * MEBIBYTE;
  const upload = { uploadId: 'a'.repeat(32), videoId: `${'a'.repeat(32)}-mp4`, sizeBytes, mimeType: 'video/mp4' };
  const claims: UploadClaims = {
    ...upload,
    ...user,
    backendName: 's3',
    validUntil: new Date(clock.now() + 30 * HOUR_MS).toISOString(),
  };
  const call = new StorageCall('signParts', { timeoutMs: 60_000 }, new RetryHandler({ maxAttempts: 1 }), () => {});
  const facet = new PartUploads({
    s3: new Counting(makeS3Client(parsed), { bucket, clock }),
    keys: new ObjectKeys(''),
    clock,
    claims: async () => claims,
    declaredUpload: async () => ({
      ...upload,
      state: encodeSentUpload({ s3UploadId: 'u', partSizeBytes: 5 * MEBIBYTE }),
    }),
    call: (_operation, _options, work) => work(call),
  });
  const parts = facet.signParts('reference', upTo(100), { ...user, signal: caller.signal });
  await expect(parts).rejects.toThrow('The host stops.');
  expect(signed).toBe(30);
  call.release();
});
