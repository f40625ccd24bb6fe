import { RateLimiter, Validator } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import { ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

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
  ['one that there is not', [201]],
  ['a nought', [0]],
  ['half a one', [1.5]],
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
