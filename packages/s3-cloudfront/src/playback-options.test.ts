import { type PlaybackOptions, toTimestamp } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from '../test-support/key-pairs.ts';
import type { CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const videoId = '0123456789abcdef0123456789abcdef-mp4';
const DAY_SECONDS = 86_400;

const pairOf = ({ keyPairId, pem }: TestKeyPair) => ({ keyPairId, privateKey: pem });

function setUp(cloudFront: Partial<CloudFrontOptions> = {}, posterName = 'hls/poster.jpg') {
  const clock = new ManualClock();
  const storage = new S3CloudFrontStorage({
    bucket: 'videos',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    cloudFront: {
      baseUrl: 'https://cdn.example.com',
      distributionId: 'E2QWRUHAPOMQZL',
      keyPairs: [pairOf(rsaKeyPair)],
      ...cloudFront,
    },
    ...(posterName !== '' && { posterName }),
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    clock,
  });
  return { clock, storage };
}

describe('kinds', () => {
  test.each(['iframe', 'dash'] as const)('%s is refused: this backend does not have this kind', async (kind) => {
    await expect(setUp().storage.getPlaybackUrl(videoId, { kind })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      problems: [
        { path: 'kind', code: 'OPTION_INVALID', message: 'Use `file` or `hls`: this backend has no other kind.' },
      ],
    });
  });

  test('file is the default, and each source has the type of its kind', async () => {
    const { storage } = setUp();
    expect(await storage.getPlaybackUrl(videoId)).toMatchObject({ kind: 'file', access: 'url' });
    const hls = await storage.getPlaybackUrl(videoId, { kind: 'hls' });
    expect(hls).toMatchObject({ kind: 'hls', access: 'query', url: hls.sources[0]?.url });
    expect(hls.sources).toMatchObject([{ kind: 'hls', mimeType: 'application/vnd.apple.mpegurl' }]);
    expect(hls.url).toBe('https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/hls/master.m3u8');
  });
});

test('a storage without `posterName` names no poster', async () => {
  const { storage } = setUp({}, '');
  for (const kind of ['file', 'hls'] as const) {
    expect(await storage.getPlaybackUrl(videoId, { kind })).not.toHaveProperty('posterUrl');
  }
});

describe('a canned policy where that is enough, else a custom one', () => {
  const at = (clock: ManualClock, seconds: number) => toTimestamp(clock.now() + seconds * 1000);
  test.each<[string, (clock: ManualClock) => PlaybackOptions, 'Expires' | 'Policy']>([
    ['an end', () => ({}), 'Expires'],
    ['a beginning that has come', (clock) => ({ notBefore: at(clock, -5) }), 'Expires'],
    ['a beginning this second', (clock) => ({ notBefore: at(clock, 0) }), 'Expires'],
    ['a beginning next second', (clock) => ({ notBefore: at(clock, 1) }), 'Policy'],
    ['a beginning long ago', () => ({ notBefore: '1970-01-01T00:00:00.000Z' }), 'Expires'],
    ['a beginning to come', (clock) => ({ notBefore: at(clock, 5) }), 'Policy'],
    ['an address', () => ({ ipRange: '192.0.2.7' }), 'Policy'],
  ])('%s', async (_name, options, parameter) => {
    const { storage, clock } = setUp();
    // A whole second, which is what CloudFront compares.
    clock.advance(1000 - (clock.now() % 1000));
    const { url, posterUrl = '' } = await storage.getPlaybackUrl(videoId, options(clock));
    for (const one of [url, posterUrl]) {
      const names = [...new URL(one).searchParams.keys()];
      expect(names).toEqual([parameter, 'Key-Pair-Id', 'Signature', 'Hash-Algorithm']);
      // T-D5: a URL parser does not change the URL.
      expect(new URL(one).href).toBe(one);
    }
  });

  test('a beginning one second before the end is granted', async () => {
    const { storage, clock } = setUp();
    clock.advance(1000 - (clock.now() % 1000));
    const playback = await storage.getPlaybackUrl(videoId, { expiresInSeconds: 60, notBefore: at(clock, 59) });
    expect(Date.parse(playback.expiresAt) - clock.now()).toBe(60_000);
  });

  test.each([59.001, 60, 61, 1e9])(
    'a beginning %d seconds from now, not before the end, is refused as the request’s fault',
    async (seconds) => {
      for (const expiryWindowSeconds of [0, 3600]) {
        const { storage, clock } = setUp({ expiryWindowSeconds });
        clock.advance(1000 - (clock.now() % 1000));
        const options = { expiresInSeconds: 60, notBefore: at(clock, seconds) };
        await expect(storage.getPlaybackUrl(videoId, options)).rejects.toMatchObject({
          code: 'VALIDATION_FAILED',
          problems: [{ path: 'notBefore', message: 'The grant must begin before it ends.' }],
        });
      }
    },
  );

  test('a beginning within a second is not rounded into the time before it', async () => {
    const { storage, clock } = setUp();
    const { url } = await storage.getPlaybackUrl(videoId, { notBefore: toTimestamp(clock.now() + 5500) });
    const policy = (new URL(url).searchParams.get('Policy') ?? '').replaceAll('_', '=').replaceAll('~', '/');
    const [, seconds] =
      /"DateGreaterThan":{"AWS:EpochTime":(\d+)}/.exec(Buffer.from(policy, 'base64').toString()) ?? [];
    expect(Number(seconds) * 1000).toBeGreaterThanOrEqual(clock.now() + 5500);
  });
});

describe('ends', () => {
  test('without a window nothing is remembered: equal grants of one second are signed each by itself', async () => {
    const { storage } = setUp({ expiryWindowSeconds: 0, keyPairs: [pairOf(ecKeyPair)] });
    const first = await storage.getPlaybackUrl(videoId);
    const second = await storage.getPlaybackUrl(videoId);
    expect(second.expiresAt).toBe(first.expiresAt);
    // A P-256 signature is never the same twice.
    expect(second.url).not.toBe(first.url);
  });

  test.each([0, 60, 3600, 43_200])(
    'with a window of %i s: never shorter than asked, never beyond a day, renewed at four fifths',
    async (expiryWindowSeconds) => {
      // RSA would take ten times as long, with the same ends.
      const { storage, clock } = setUp({ expiryWindowSeconds, keyPairs: [pairOf(ecKeyPair)] });
      for (let step = 0; step < 40; step++) {
        clock.advance(977_123);
        for (const expiresInSeconds of [1, 3600, 43_200, DAY_SECONDS - 1, DAY_SECONDS]) {
          const { expiresAt, renewAfter } = await storage.getPlaybackUrl(videoId, { expiresInSeconds });
          const wholeSecond = Math.floor(clock.now() / 1000) * 1000;
          const lifetimeMs = Date.parse(expiresAt) - wholeSecond;
          expect(lifetimeMs).toBeGreaterThanOrEqual(expiresInSeconds * 1000);
          expect(lifetimeMs).toBeLessThanOrEqual(DAY_SECONDS * 1000);
          const leftMs = Date.parse(expiresAt) - clock.now();
          expect(Math.abs(Date.parse(renewAfter) - clock.now() - leftMs * 0.8)).toBeLessThanOrEqual(1);
        }
      }
    },
  );

  test('an end that is rounded to exactly a day ahead stays rounded; one beyond it does not', async () => {
    const { storage, clock } = setUp({ expiryWindowSeconds: 3600, keyPairs: [pairOf(ecKeyPair)] });
    clock.advance(3_600_000 - (clock.now() % 3_600_000));
    const lifetimeSeconds = async (expiresInSeconds: number) => {
      const { expiresAt } = await storage.getPlaybackUrl(videoId, { expiresInSeconds });
      return (Date.parse(expiresAt) - clock.now()) / 1000;
    };
    expect(await lifetimeSeconds(DAY_SECONDS - 1)).toBe(DAY_SECONDS);
    clock.advance(1000);
    expect(await lifetimeSeconds(DAY_SECONDS - 1)).toBe(DAY_SECONDS - 1);
    expect(await lifetimeSeconds(DAY_SECONDS - 3600)).toBe(DAY_SECONDS - 1);
  });

  test('within a window, cookies are signed once too; each caller gets an object of its own', async () => {
    const { storage, clock } = setUp({
      expiryWindowSeconds: 3600,
      hlsAccess: 'cookies',
      keyPairs: [pairOf(ecKeyPair)],
    });
    clock.advance(3_601_000 - (clock.now() % 3_600_000));
    const cookies = async () => {
      const playback = await storage.getPlaybackUrl(videoId, { kind: 'hls' });
      return playback.access === 'cookies' ? playback.cookies : undefined;
    };
    const first = await cookies();
    clock.advance(1000);
    const again = await cookies();
    // A P-256 signature is never the same twice, so an equal one comes from the cache.
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
    clock.advance(3_600_000);
    expect(await cookies()).not.toEqual(first);
  });
});

test('a grant to stream covers `hls/` alone, not the original beside it', async () => {
  const hls = await setUp().storage.getPlaybackUrl(videoId, { kind: 'hls' });
  if (hls.access !== 'query') throw new TypeError('A query was expected.');
  const scope = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/hls/';
  expect(hls.scopeUrl).toBe(scope);
  const policy = new URLSearchParams(hls.signedQuery).get('Policy') ?? '';
  const text = Buffer.from(policy.replaceAll('_', '=').replaceAll('~', '/').replaceAll('-', '+'), 'base64').toString();
  expect(JSON.parse(text)).toMatchObject({ Statement: [{ Resource: `${scope}*` }] });
  expect(hls.posterUrl).toBe(`${scope}poster.jpg`);
});

test('a download is saved under the requested name', async () => {
  const options = { downloadable: true, downloadName: 'Lesson 3 – é.mp4' };
  const { downloadUrl = '' } = await setUp().storage.getPlaybackUrl(videoId, options);
  const disposition = new URL(downloadUrl).searchParams.get('response-content-disposition');
  expect(disposition).toMatch(/^attachment; filename="[^"]+\.mp4"; filename\*=UTF-8''Lesson%203/);
  const plain = await setUp().storage.getPlaybackUrl(videoId, { downloadable: true });
  expect(new URL(plain.downloadUrl ?? '').searchParams.get('response-content-disposition')).toBe('attachment');
});

test('a download cannot carry a beginning or an address range, so a grant with one of them has none', async () => {
  const { storage, clock } = setUp();
  const downloadUrl = async (options: PlaybackOptions) =>
    (await storage.getPlaybackUrl(videoId, { ...options, downloadable: true })).downloadUrl;
  expect(await downloadUrl({})).toMatch(/^https:\/\/videos\.s3\./);
  expect(await downloadUrl({ notBefore: toTimestamp(clock.now() + 5000) })).toBeUndefined();
  expect(await downloadUrl({ ipRange: '192.0.2.0/24' })).toBeUndefined();
  expect((await storage.getPlaybackUrl(videoId)).downloadUrl).toBeUndefined();
});
