import { BackendError, RateLimiter, RetryHandler, StorageCall, type UploadClaims, Validator } from '@videostorage/core';
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

test('while a hundred parts are signed, the rest of the host app gets a turn at least every twenty parts', async () => {
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

const videoId = `${'a'.repeat(32)}-mp4`;
const sizeBytes = 500 * MEBIBYTE;
const stateOfParts = encodeSentUpload({ s3UploadId: 'u', partSizeBytes: 5 * MEBIBYTE });

/** The facet over a client that signs at once, and calls `onSigned` with how many parts are signed. */
function setUp({
  state = stateOfParts,
  leftMs = 30 * HOUR_MS,
  joinedBytes = undefined as number | undefined,
  onSigned = (_signed: number) => {},
} = {}) {
  const { endpoint, region, bucket } = s3;
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
  const referenceSecrets = ['a-secret-of-at-least-thirty-two-bytes'];
  const parsed = parseS3CloudFrontOptions({ endpoint, region, bucket, credentials, referenceSecrets });
  let signed = 0;
  let listed = 0;
  let looked = 0;
  class Counting extends S3Client {
    override async signParts() {
      return async () => {
        signed += 1;
        onSigned(signed);
        return 'https://example.com';
      };
    }
    override async listParts() {
      listed += 1;
      if (listed === 1) throw new BackendError('BACKEND_UNAVAILABLE', 'Once.');
      return undefined;
    }
    override async getSizeBytes(key: string) {
      expect(key).toBe(`videos/${'a'.repeat(32)}/source.mp4`);
      looked += 1;
      if (looked === 1) throw new BackendError('BACKEND_UNAVAILABLE', 'Once.');
      return joinedBytes;
    }
  }
  const upload = { uploadId: 'a'.repeat(32), videoId, sizeBytes, mimeType: 'video/mp4' };
  const validUntil = new Date(clock.now() + leftMs).toISOString();
  const claims: UploadClaims = { ...upload, ...user, backendName: 's3', validUntil };
  const operations: string[] = [];
  const facet = new PartUploads({
    s3: new Counting(makeS3Client(parsed), { bucket, clock }),
    keys: new ObjectKeys(''),
    clock,
    claims: async () => claims,
    declaredUpload: async () => (state === '' ? upload : { ...upload, state }),
    call: async (operation, options, work) => {
      operations.push(operation);
      const call = new StorageCall(operation, { ...options, timeoutMs: 60_000 }, new RetryHandler(), () => {});
      try {
        return await work(call);
      } finally {
        call.release();
      }
    },
  });
  return { facet, operations, signed: () => signed };
}

test('the rest of the host app gets a turn before the first part and after every 20th one, and not more often', async () => {
  const { facet, signed } = setUp();
  const seen = new Set<number>();
  let isSigning = true;
  const turn = () => {
    seen.add(signed());
    if (isSigning) setImmediate(turn);
  };
  setImmediate(turn);
  await facet.signParts('reference', upTo(100), user);
  isSigning = false;
  expect([...seen].filter((count) => count !== 100)).toEqual([0, 20, 40, 60, 80]);
});

test('signing stops at the part at which the caller aborts', async () => {
  const caller = new AbortController();
  const { facet, signed, operations } = setUp({
    onSigned: (count) => {
      if (count === 30) caller.abort(new Error('The host stops.'));
    },
  });
  const parts = facet.signParts('reference', upTo(100), { ...user, signal: caller.signal });
  await expect(parts).rejects.toThrow('The host stops.');
  expect(signed()).toBe(30);
  expect(operations).toEqual(['signParts']);
});

test('a part’s URL lasts whole seconds within its ticket: one second is enough, less is not', async () => {
  // A reference is valid for a day longer than its ticket.
  const sign = (leftMs: number) => setUp({ leftMs: 24 * HOUR_MS + leftMs }).facet.signParts('reference', [1], user);
  const expiry = async (leftMs: number) => Date.parse((await sign(leftMs))[0]?.expiresAt ?? '') - clock.now();
  expect(await expiry(1000)).toBe(1000);
  expect(await expiry(1999)).toBe(1000);
  expect(await expiry(HOUR_MS - 1)).toBe(HOUR_MS - 1000);
  expect(await expiry(HOUR_MS + 1000)).toBe(HOUR_MS);
  for (const leftMs of [999, 0, -1000]) await expect(sign(leftMs)).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
});

test('an upload that S3 no longer knows has no parts; when S3 is unavailable, the request is retried', async () => {
  const { facet, operations } = setUp();
  expect(await facet.listParts('reference', user)).toEqual([]);
  expect(operations).toEqual(['listParts']);
});

test('parts that a confirm has joined have all arrived; an object of another size at their key means that none has', async () => {
  const parts = await setUp({ joinedBytes: sizeBytes }).facet.listParts('reference', user);
  expect(parts).toEqual(upTo(100).map((partNumber) => ({ partNumber, sizeBytes: 5 * MEBIBYTE })));
  for (const joinedBytes of [sizeBytes - 1, sizeBytes + 1, 0]) {
    expect(await setUp({ joinedBytes }).facet.listParts('reference', user)).toEqual([]);
  }
});

test('an unknown option is refused by its name, before a request to S3', async () => {
  const { facet, signed } = setUp();
  const options = { ...user, ...Object({ dryRun: true }) };
  for (const call of [facet.signParts('reference', [1], options), facet.listParts('reference', options)])
    await expect(call).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ path: 'dryRun' }] });
  expect(signed()).toBe(0);
});

test('an upload whose reference does not mention parts has none', async () => {
  const { facet } = setUp({ state: '' });
  await expect(facet.signParts('reference', [1], user)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  await expect(facet.listParts('reference', user)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
});

test.each([[[]], [upTo(101)]])(
  'the refusal of too few or too many parts says how many may be requested',
  async (numbers) => {
    await expect(setUp().facet.signParts('reference', numbers, user)).rejects.toMatchObject({
      problems: [{ path: 'partNumbers', code: 'OPTION_INVALID', message: 'Request 1 to 100 parts at a time.' }],
    });
  },
);
