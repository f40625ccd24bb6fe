import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Playback, type PlaybackOptions, toTimestamp } from '@videostorage/core';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair } from '../test-support/key-pairs.ts';
import { propertyRuns } from '../test-support/property-runs.ts';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';
import type { CloudFrontOptions } from './s3-cloudfront-options.ts';

const ONE = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';
const subjects: EmulatedSubject[] = [];

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

/** Two videos with renditions, and a storage whose grants the emulated edge verifies. */
async function setUp(cloudFront: Partial<CloudFrontOptions> = {}): Promise<EmulatedSubject> {
  const subject = await createEmulatedSubject({}, {}, cloudFront);
  subjects.push(subject);
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = subject.s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  for (const uploadId of [ONE, OTHER]) {
    for (const name of ['source.mp4', 'hls/master.m3u8', 'hls/s0.ts']) {
      const Key = `videos/${uploadId}/${name}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `${uploadId} ${name}` }));
    }
  }
  client.destroy();
  return subject;
}

/** The status of a viewer's request with this grant. */
async function status(playback: Playback, url = playback.url): Promise<number> {
  if (playback.access === 'query') return (await fetch(`${url}?${playback.signedQuery}`)).status;
  if (playback.access !== 'cookies') return (await fetch(url)).status;
  const cookie = (playback.cookies ?? []).map(({ name, value }) => `${name}=${value}`).join('; ');
  return (await fetch(url, { headers: { cookie } })).status;
}

/** The last digit of base64 has unused bits: changing only these changes nothing. */
function meaning(url: string): string {
  const { searchParams } = new URL(url);
  const signature = (searchParams.get('Signature') ?? '').replaceAll('-', '+').replaceAll('~', '/');
  searchParams.set('Signature', Buffer.from(signature.replaceAll('_', '='), 'base64').toString('hex'));
  return searchParams.toString();
}

describe.each([
  ['RSA-2048', rsaKeyPair],
  ['ECDSA P-256', ecKeyPair],
] as const)('%s', (_name, pair) => {
  const keyPairs = [{ keyPairId: pair.keyPairId, privateKey: pair.pem }];

  test.each(['SHA1', 'SHA256'] as const)(
    '%s: a file, HLS by query and HLS by cookies open the one video',
    async (hash) => {
      for (const hlsAccess of ['query', 'cookies'] as const) {
        const { storage } = await setUp({ keyPairs, hashAlgorithm: hash, hlsAccess });
        const file = await storage.getPlaybackUrl(`${ONE}-mp4`);
        expect(await status(file)).toBe(200);
        expect(await status(file, file.url.replaceAll(ONE, OTHER))).toBe(403);
        const hls = await storage.getPlaybackUrl(`${ONE}-mp4`, { kind: 'hls' });
        expect(hls.access).toBe(hlsAccess);
        expect(await status(hls, hls.url.replace('hls/master.m3u8', 'source.mp4'))).toBe(403);
        for (const name of ['master.m3u8', 's0.ts']) {
          const url = hls.url.replace('master.m3u8', name);
          expect(await status(hls, url)).toBe(200);
          expect((await fetch(url)).status).toBe(403);
          expect(await status(hls, url.replace(ONE, OTHER))).toBe(403);
        }
      }
    },
  );
});

test.each<[string, PlaybackOptions, number, number, number]>([
  ['an end', { expiresInSeconds: 60 }, 200, 200, 403],
  ['a beginning', { expiresInSeconds: 60, notBefore: toTimestamp(Date.now() + 30_000) }, 403, 200, 403],
  ['the viewer’s address', { expiresInSeconds: 60, ipRange: '127.0.0.0/8' }, 200, 200, 403],
  ['another address', { expiresInSeconds: 60, ipRange: '192.0.2.0/24' }, 403, 403, 403],
])('a grant with %s: at once, after forty seconds, after its end', async (_name, options, atOnce, later, ended) => {
  for (const hlsAccess of ['query', 'cookies'] as const) {
    const { storage, clock } = await setUp({ hlsAccess });
    const grants = [
      await storage.getPlaybackUrl(`${ONE}-mp4`, options),
      await storage.getPlaybackUrl(`${ONE}-mp4`, { ...options, kind: 'hls' }),
    ];
    const expectAll = async (expected: number) => {
      for (const grant of grants) expect(await status(grant)).toBe(expected);
    };
    await expectAll(atOnce);
    clock.advance(40_000);
    await expectAll(later);
    clock.advance(21_000);
    await expectAll(ended);
  }
});

describe('property 3: a grant is for one video, as it was signed', () => {
  test('T-D1, T-D2: no other id and no changed character opens anything', async () => {
    const { storage } = await setUp();
    const file = await storage.getPlaybackUrl(`${ONE}-mp4`);
    const begin = file.url.indexOf('?') + 1;
    const positions = fc.integer({ min: begin, max: file.url.length - 1 });
    const characters = fc.constantFrom(...'abcXYZ0189-_~%&=');
    await fc.assert(
      fc.asyncProperty(positions, characters, async (position, character) => {
        const changed = `${file.url.slice(0, position)}${character}${file.url.slice(position + 1)}`;
        fc.pre(meaning(changed) !== meaning(file.url));
        expect((await fetch(changed)).status).not.toBe(200);
      }),
      propertyRuns(60),
    );
  }, 60_000);

  test('T-D1: whichever two videos, the grant of one is refused by the other', async () => {
    const { storage, cloudFront } = await setUp();
    const ids = fc.stringMatching(/^[0-9a-f]{32}$/);
    await fc.assert(
      fc.asyncProperty(ids, ids, async (one, other) => {
        fc.pre(one !== other);
        const { url } = await storage.getPlaybackUrl(`${one}-mp4`);
        expect(url.startsWith(`${cloudFront.endpoint}/videos/${one}/source.mp4?`)).toBe(true);
        expect((await fetch(url.replace(one, other))).status).toBe(403);
      }),
      propertyRuns(25),
    );
  }, 60_000);
});

describe('ends that are rounded to a window', () => {
  test('equal grants of a window are one URL, also after a while; the next window is another', async () => {
    const { storage, clock } = await setUp({ expiryWindowSeconds: 3600 });
    clock.advance(3_601_000 - (clock.now() % 3_600_000));
    const url = async (options: PlaybackOptions = {}) => (await storage.getPlaybackUrl(`${ONE}-mp4`, options)).url;
    const first = await url();
    clock.advance(3_599_000);
    // A P-256 signature is never the same twice, so an equal URL comes from the cache.
    expect(await url()).toBe(first);
    expect((await fetch(first)).status).toBe(200);
    expect(await url({ ipRange: '127.0.0.1' })).not.toBe(first);
    const notBefore = (seconds: number) => ({ notBefore: toTimestamp(clock.now() + seconds * 1000) });
    const late = await url(notBefore(30));
    expect(late).not.toBe(first);
    expect(await url(notBefore(40))).not.toBe(late);
    expect((await storage.getPlaybackUrl(`${OTHER}-mp4`)).url).toContain(OTHER);
    clock.advance(1_000);
    expect(await url()).not.toBe(first);
  });

  test('rounding never makes a grant longer than a day', async () => {
    const { storage, clock } = await setUp({ expiryWindowSeconds: 3600 });
    for (let step = 0; step < 50; step++) {
      clock.advance(977_000);
      for (const expiresInSeconds of [1, 3600, 86_399, 86_400]) {
        const { expiresAt } = await storage.getPlaybackUrl(`${ONE}-mp4`, { expiresInSeconds });
        const lifetimeMs = Date.parse(expiresAt) - clock.now();
        expect(lifetimeMs).toBeGreaterThan(0);
        expect(lifetimeMs).toBeLessThanOrEqual(86_400_000);
      }
    }
  });
});

test('keys are replaced by overlap: the first pair signs, and what the old one signed still opens', async () => {
  const pairs = [rsaKeyPair, ecKeyPair].map(({ keyPairId, pem }) => ({ keyPairId, privateKey: pem }));
  const before = await setUp({ keyPairs: pairs });
  const file = await before.storage.getPlaybackUrl(`${ONE}-mp4`);
  expect(file.url).toContain(`Key-Pair-Id=${rsaKeyPair.keyPairId}`);
  const after = before.storageWith({ keyPairs: [...pairs].reverse() });
  expect((await after.getPlaybackUrl(`${ONE}-mp4`)).url).toContain(`Key-Pair-Id=${ecKeyPair.keyPairId}`);
  expect(await status(file)).toBe(200);
});

test.each([-2, 2])(
  'a host app whose clock is %i h wrong issues valid grants once an answer of S3 has shown the time',
  async (hours) => {
    const subject = await setUp();
    const offMs = hours * 3_600_000;
    subject.clock.advance(-offMs);
    const { endpoint, region, accessKeyId, secretAccessKey } = subject.s3;
    const expiration = new Date(subject.clock.now() + 600_000);
    const s3Client = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey, expiration } });
    // As the SDK learns it from an answer.
    s3Client.config.systemClockOffset = -offMs;
    const storage = subject.storageWith({}, { clock: undefined, s3Client });
    const playback = await storage.getPlaybackUrl(`${ONE}-mp4`, { expiresInSeconds: 600 });
    expect(Math.abs(Date.parse(playback.expiresAt) - Date.now() - 600_000)).toBeLessThan(60_000);
    expect(await status(playback)).toBe(200);
    // Credentials end by the time of AWS too.
    const { downloadUrl = '' } = await storage.getPlaybackUrl(`${ONE}-mp4`, { downloadable: true });
    expect(Math.abs(Number(new URL(downloadUrl).searchParams.get('X-Amz-Expires')) - 600)).toBeLessThan(60);
    const notBefore = toTimestamp(Date.now() + 300_000);
    const late = await storage.getPlaybackUrl(`${ONE}-mp4`, { expiresInSeconds: 600, notBefore });
    expect(await status(late)).toBe(403);
    subject.clock.advance(400_000);
    expect([await status(playback), await status(late)]).toEqual([200, 200]);
    subject.clock.advance(300_000);
    expect([await status(playback), await status(late)]).toEqual([403, 403]);
    s3Client.destroy();
  },
);

test('an answer of S3 that took half a minute shortens no grant', async () => {
  const subject = await setUp();
  const { endpoint, region, accessKeyId, secretAccessKey } = subject.s3;
  const s3Client = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const storage = subject.storageWith({}, { clock: undefined, s3Client });
  // As the SDK learns it from such an answer.
  s3Client.config.systemClockOffset = -30_000;
  const atMs = Date.now();
  const { url = '' } = await storage.getPlaybackUrl(`${ONE}-mp4`, { expiresInSeconds: 60 });
  const endsAt = Number(new URL(url).searchParams.get('Expires'));
  expect(endsAt).toBeGreaterThanOrEqual(Math.floor(atMs / 1000) + 60);
  s3Client.destroy();
});

test('an injected clock is that of AWS too, whatever the SDK has learned', async () => {
  const subject = await setUp();
  const { endpoint, region, accessKeyId, secretAccessKey } = subject.s3;
  const s3Client = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  s3Client.config.systemClockOffset = 3_600_000;
  const storage = subject.storageWith({}, { s3Client });
  const playback = await storage.getPlaybackUrl(`${ONE}-mp4`, { expiresInSeconds: 600 });
  expect(await status(playback)).toBe(200);
  subject.clock.advance(600_000);
  expect(await status(playback)).toBe(403);
  s3Client.destroy();
});

test('a download of a grant that ends within this second is signed for one', async () => {
  const { storage, clock } = await setUp();
  clock.advance(999 - (clock.now() % 1000));
  const grant = await storage.getPlaybackUrl(`${ONE}-mp4`, { expiresInSeconds: 1, downloadable: true });
  expect(new URL(grant.downloadUrl ?? '').searchParams.get('X-Amz-Expires')).toBe('1');
});
