import { inspect } from 'node:util';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { RateLimiter, Secret } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { ecKeyPair } from '../test-support/key-pairs.ts';
import { PRICES } from './pricing.ts';
import { parseS3CloudFrontOptions, type S3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const cloudFront = {
  baseUrl: 'https://cdn.example.com',
  distributionId: 'E2QWRUHAPOMQZL',
  keyPairs: [{ keyPairId: ecKeyPair.keyPairId, privateKey: ecKeyPair.pem }],
};
const options: S3CloudFrontOptions = {
  bucket: 'videos',
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  cloudFront,
  referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
};

/** Prices of storage by tiers with these ends. */
function storageEndingAt(ends: readonly number[]) {
  return { storageGigabyteMonth: ends.map((upTo) => ({ upTo, unitPriceUsd: 1 })) };
}

function refusal(change: object): { readonly code: string; readonly message: string } {
  try {
    return new S3CloudFrontStorage({ ...options, ...change }) && { code: 'TAKEN', message: '' };
  } catch (error) {
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary');
    return error as { readonly code: string; readonly message: string };
  }
}

test('the defaults', () => {
  expect(parseS3CloudFrontOptions(options)).toMatchObject({
    keyPrefix: '',
    multipartThresholdBytes: 16 * 2 ** 20,
    partSizeBytes: 8 * 2 ** 20,
    hlsManifest: 'hls/master.m3u8',
    cloudFront: {
      hashAlgorithm: 'SHA256',
      hlsAccess: 'query',
      cookieSameSite: 'lax',
      expiryWindowSeconds: 0,
      invalidateBy: 'path',
    },
  });
});

test.each(['avi', 'wmv', 'mxf', 'ogv', 'm2ts'])(
  'a type that browsers do not play (%s) is refused before an upload is created',
  async (extension) => {
    const request = { userId: 'anna', fileName: `film.${extension}`, mimeType: '', sizeBytes: 5 };
    await expect(new S3CloudFrontStorage(options).getUploadUrl(request)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      problems: [{ path: 'mimeType', code: 'TYPE_NOT_ALLOWED' }],
    });
  },
);

describe.each<[string, readonly unknown[]]>([
  ['bucket', [undefined, '', 'AB', 'my_bucket', '-a-', 'a'.repeat(64), 'canary/canary']],
  ['region', [undefined, '', 'EU', 'eu central', 'canary.evil.example.com/']],
  ['endpoint', ['canary', 'ftp://canary', '']],
  ['credentials.secretAccessKey', ['', 5, null].map((secretAccessKey) => ({ accessKeyId: 'canary', secretAccessKey }))],
  ['multipartThresholdBytes', [0, -1, 1.5, Number.NaN, 5 * 2 ** 30 + 1, '1']],
  ['partSizeBytes', [5 * 2 ** 20 - 1, 5 * 2 ** 30 + 1, Number.POSITIVE_INFINITY]],
  ['uploadExpiresInSeconds', [0, 86_401]],
  ['keyPrefix', ['videos', '../', 'canary*/']],
  ['hlsManifest', ['', '../a', '/a', 'a*', 'canary?x', 'master.m3u8', 'hls/../source.mp4']],
  ['posterName', ['', 'a b.jpg', '#canary', 'poster.jpg']],
  ['prices', ['canary']],
  ['prices.anotherPrice', [{ anotherPrice: 1 }]],
  ['credentials', ['canary', 5]],
  ['credentials.sessionTokn', [{ accessKeyId: 'A', secretAccessKey: 'b', sessionTokn: 'canary' }]],
  ['s3Client', ['canary', {}, null]],
  ['keyPrefx', ['canary']],
  ['prices.thousandWrites', [{ thousandWrites: 'canary' }, { thousandWrites: -1 }, { thousandWrites: Number.NaN }]],
  ['prices.asOf', [{ asOf: 'canary' }]],
  ['prices.storageGigabyteMonth', [[], [1, 1], [2, 1, Infinity], [0, Infinity], [1]].map(storageEndingAt)],
  ['prices.transferGigabyte.europe', [{ transferGigabyte: {} }]],
])('%s', (path, values) => {
  test.each(values)('%j is refused by name, without its value', (value) => {
    const [setting = ''] = path.split('.');
    const { code, message } = refusal({ [setting]: value });
    expect(code).toBe('MISCONFIGURED');
    expect(message).toContain(`\`${path}\``);
  });
});

describe.each<[string, readonly unknown[]]>([
  ['baseUrl', [undefined, 'cdn.example.com', 'ftp://cdn', 'https://c.example/canary', 'https://canary@c.example']],
  ['baseUrl', ['https://cdn.example.com/?canary', 'https://cdn.example.com/#canary']],
  ['distributionId', [undefined, '', 'canary/canary']],
  ['keyPairs', [undefined, []]],
  ['hashAlgorithm', ['SHA512', 'sha1']],
  ['hlsAccess', ['iframe']],
  ['cookieDomain', ['other.example.org', '.example.com', 'xample.com', 'com', 'canary!']],
  ['expiryWindowSeconds', [-1, 43_201, 1.5]],
  ['invalidateBy', ['tag']],
  ['client', ['canary', {}, null]],
])('cloudFront.%s', (name, values) => {
  test.each(values)('%j is refused by name, without its value', (value) => {
    const { code, message } = refusal({ cloudFront: { ...cloudFront, [name]: value } });
    expect(code).toBe('MISCONFIGURED');
    expect(message).toContain(`cloudFront.${name}`);
  });
});

test('cookies are refused for a public suffix, where no browser would keep them', () => {
  const baseUrl = 'https://d111111abcdef8.cloudfront.net';
  expect(refusal({ cloudFront: { ...cloudFront, baseUrl, hlsAccess: 'cookies' } }).message).toMatch(
    /`cloudFront\.hlsAccess` must be `query`.*beside the host’s/,
  );
  expect(refusal({ cloudFront: { ...cloudFront, baseUrl } }).code).toBe('TAKEN');
});

test('cookies may be for the host of the distribution or for a parent domain of it', () => {
  const given = (cookieDomain: string) =>
    refusal({ cloudFront: { ...cloudFront, cookieDomain, hlsAccess: 'cookies' } });
  expect(given('example.com').code).toBe('TAKEN');
  expect(given('cdn.example.com').code).toBe('TAKEN');
  expect(given('other.example.com').message).toMatch(
    /`cloudFront\.cookieDomain` must be the host of `baseUrl` or a parent/,
  );
});

test('only an invalid base URL is reported, not also a cookie domain that cannot be compared with it', () => {
  const { message } = refusal({ cloudFront: { ...cloudFront, baseUrl: 'cdn', cookieDomain: 'example.com' } });
  expect(message).toContain('`cloudFront.baseUrl`');
  expect(message).not.toContain('cookieDomain');
});

test('an origin path is the beginning of the key prefix', () => {
  const given = (keyPrefix: string) => refusal({ keyPrefix, cloudFront: { ...cloudFront, originPath: '/school' } });
  expect(given('school/').code).toBe('TAKEN');
  expect(given('school/films/').code).toBe('TAKEN');
  for (const keyPrefix of ['', 'schools/', 'films/school/'])
    expect(given(keyPrefix).message).toMatch(/Set `cloudFront\.originPath` to the beginning of `keyPrefix`/);
});

test('an endpoint beside a client of the host, which has its own, is refused', () => {
  const s3Client = new S3Client({ region: 'eu-central-1' });
  const endpoint = 'https://store.example';
  expect(refusal({ s3Client }).code).toBe('TAKEN');
  for (const given of [{ endpoint }, { forcePathStyle: true }, { forcePathStyle: false }]) {
    expect(refusal({ s3Client, ...given }).message).toMatch(
      /`endpoint` and `forcePathStyle` where you make your `s3Client`/,
    );
  }
  const client = new CloudFrontClient({ region: 'us-east-1' });
  expect(refusal({ cloudFront: { ...cloudFront, client } }).code).toBe('TAKEN');
  expect(refusal({ cloudFront: { ...cloudFront, client, endpoint } }).message).toMatch(/`cloudFront.client`/);
});

test('credentials that no client would use are refused', () => {
  const s3Client = new S3Client({ region: 'eu-central-1' });
  const client = new CloudFrontClient({ region: 'us-east-1' });
  const none = { credentials: undefined };
  for (const given of [
    { s3Client, cloudFront: undefined },
    { s3Client, cloudFront: { ...cloudFront, client } },
  ]) {
    expect(refusal(given).message).toMatch(/`credentials` where you make your clients/);
    expect(refusal({ ...given, ...none }).code).toBe('TAKEN');
  }
  expect(refusal({ cloudFront: undefined }).code).toBe('TAKEN');
});

test('options that are getters of a class are used, also those that every storage has', async () => {
  class Settings {
    readonly bucket = 'videos';
    readonly region = 'eu-central-1';
    readonly cloudFront = cloudFront;
    readonly referenceSecrets = options.referenceSecrets;
    readonly #limiter = new RateLimiter({ upload: [], playback: [{ scope: 'global', limit: 1, windowSeconds: 60 }] });
    get rateLimiter() {
      return this.#limiter;
    }
  }
  const storage = new S3CloudFrontStorage(new Settings());
  const videoId = '0123456789abcdef0123456789abcdef-mp4';
  expect(await storage.getPlaybackUrl(videoId)).toMatchObject({ videoId });
  await expect(storage.getPlaybackUrl(videoId)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

test('all wrong settings are named at once', () => {
  const { message } = refusal({ bucket: 'X', region: '', partSizeBytes: 1 });
  expect(message).toContain('S3CloudFrontStorage');
  for (const setting of ['bucket', 'region', 'partSizeBytes']) expect(message).toContain(`\`${setting}\``);
});

test.each(['https://CDN.Example.com', 'https://cdn.example.com/', 'https://cdn.example.com:443'])(
  'the base URL %s is taken in its canonical form, so that grants for it are signed',
  async (baseUrl) => {
    const storage = new S3CloudFrontStorage({ ...options, cloudFront: { ...cloudFront, baseUrl } });
    const { url } = await storage.getPlaybackUrl('0123456789abcdef0123456789abcdef-mp4');
    expect(url.startsWith('https://cdn.example.com/videos/')).toBe(true);
    expect(new URL(url).href).toBe(url);
  },
);

test('prices are overridden one by one; an undefined value overrides nothing', () => {
  const usage = { storedBytes: 2 ** 30, views: 0, uploads: 1000 };
  const cost = (prices: NonNullable<S3CloudFrontOptions['prices']>) =>
    new S3CloudFrontStorage({ ...options, prices, multipartThresholdBytes: 2 ** 30 }).estimateCost(usage).monthlyUsd;
  const whole = cost({});
  // Five requests an upload.
  expect(cost({ thousandWrites: PRICES.thousandWrites + 1 }) - whole).toBeCloseTo(5, 9);
  expect(cost({ storageGigabyteMonth: [{ upTo: Infinity, unitPriceUsd: 1.023 }] }) - whole).toBeCloseTo(1, 9);
  expect(cost(PRICES)).toBe(whole);
  expect(cost(Object.fromEntries(Object.keys(PRICES).map((name) => [name, undefined])))).toBe(whole);
});

test('credentials may be a provider, which is passed on as it is', () => {
  const credentials = async () => ({ accessKeyId: 'A', secretAccessKey: 'hidden' });
  expect(refusal({ credentials }).code).toBe('TAKEN');
  expect(parseS3CloudFrontOptions({ ...options, credentials }).credentials).toBe(credentials);
});

test('credentials that an SDK client has used, and marked as its own, are accepted too', () => {
  const credentials = { accessKeyId: 'A', secretAccessKey: 'hidden', $source: { CREDENTIALS_CODE: 'e' } };
  expect(refusal({ credentials }).code).toBe('TAKEN');
});

test('secrets may be passed as Secret', () => {
  const [pair] = cloudFront.keyPairs;
  const keyPairs = [{ keyPairId: 'K1A', privateKey: new Secret(pair?.privateKey ?? '') }];
  const credentials = { accessKeyId: 'A', secretAccessKey: new Secret('hidden'), sessionToken: new Secret('token') };
  expect(refusal({ credentials, cloudFront: { ...cloudFront, keyPairs } }).code).toBe('TAKEN');
  expect(parseS3CloudFrontOptions({ ...options, credentials }).credentials).toEqual({
    accessKeyId: 'A',
    secretAccessKey: 'hidden',
    sessionToken: 'token',
  });
});
