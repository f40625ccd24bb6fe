import { inspect } from 'node:util';
import { RateLimiter, Secret } from '@videostorage/core';
import { MockAgent } from 'undici';
import { describe, expect, test } from 'vitest';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import type { CloudflareStreamOptions } from './cloudflare-stream-options.ts';
import { CloudflareStreamStorage } from './cloudflare-stream-storage.ts';

const right: CloudflareStreamOptions = {
  accountId: '0123456789abcdef0123456789abcdef',
  apiToken: 'canary-token',
  referenceSecrets: ['canary-reference-0123456789abcdefghij'],
};
const country = { type: 'ip.geoip.country', action: 'allow', country: ['GB'] };
const any = { type: 'any', action: 'block' };
const block = { type: 'ip.src', action: 'block', ip: ['192.0.2.1'] };

function refusalOf(options: unknown): unknown {
  try {
    new CloudflareStreamStorage(options as CloudflareStreamOptions);
  } catch (error) {
    return error;
  }
  return 'taken';
}

test('options that are getters of a class are used, also those that every storage has', async () => {
  const { id, jwk } = makeSigningKey('0'.repeat(32));
  class Settings {
    readonly accountId = right.accountId;
    readonly apiToken = right.apiToken;
    readonly referenceSecrets = right.referenceSecrets;
    readonly customerCode = 'f33zs165nr7gyfy4';
    readonly #limiter = new RateLimiter({ upload: [], playback: [{ scope: 'global', limit: 1, windowSeconds: 60 }] });
    get signingKeys() {
      return [{ id, jwk }];
    }
    get rateLimiter() {
      return this.#limiter;
    }
  }
  const storage = new CloudflareStreamStorage(new Settings());
  const videoId = 'f'.repeat(32);
  expect(await storage.getPlaybackUrl(videoId)).toMatchObject({ videoId });
  await expect(storage.getPlaybackUrl(videoId)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

test.each<[string, object]>([
  ['the least', {}],
  [
    'secrets',
    { apiToken: new Secret('t'), referenceSecrets: [new Secret('x'.repeat(32))], webhookSecrets: [new Secret('w')] },
  ],
  ['an origin with its slash', { apiOrigin: 'https://api.example.com/' }],
  [
    'every optional setting as undefined',
    { signingKeys: undefined, dispatcher: undefined, prices: undefined, clock: undefined },
  ],
  ['five rules', { accessRules: [block, block, block, country, any] }],
  ['IPv6', { accessRules: [{ ...block, ip: ['2400:cb00::/32', '2001:db8::1', '192.0.2.0/24'] }] }],
  ['hosts', { allowedHosts: ['*.example.com', 'localhost:3000', 'example.com'] }],
  ['zero', { basicUploadMaxBytes: 0, thumbnailTimestampPct: 0 }],
  ['a dispatcher', { dispatcher: new MockAgent() }],
])('%s is accepted', (_name, options) => {
  expect(refusalOf({ ...right, ...options })).toBe('taken');
});

test.each<[string, object]>([
  ['`accountId` must be the 32 hexadecimal digits', { accountId: 'canary-account' }],
  ['`accountId` must be the 32 hexadecimal digits', { accountId: undefined }],
  [
    '`apiToken` must be an API token without spaces and line breaks; is its environment variable set?',
    { apiToken: undefined },
  ],
  ['`apiToken` must be an API token', { apiToken: '' }],
  ['`apiToken` must be an API token', { apiToken: 'canary-token\n' }],
  ['`apiToken` must be an API token', { apiToken: new Secret('canary token') }],
  ['`referenceSecrets` must hold at least one secret', { referenceSecrets: [] }],
  ['`referenceSecrets` must be a list', { referenceSecrets: undefined }],
  ['32 bytes', { referenceSecrets: ['canary'] }],
  ['`signingKeys.0.id` must be the id of a signing key', { signingKeys: [{ id: '../canary', jwk: 'canary' }] }],
  ['`signingKeys.0.jwk` must be text', { signingKeys: [{ id: 'a' }] }],
  ['`jwk` of a signing key', { signingKeys: [{ id: 'a', jwk: 'canary' }] }],
  ['`signingKeys.0` must be { id, jwk }', { signingKeys: ['canary'] }],
  ['`customerCode` must be the code', { customerCode: 'https://canary.example' }],
  ['`webhookSecrets.0` is empty; is its environment variable set?', { webhookSecrets: [''] }],
  ['`requireSignedUrls` must be true or false', { requireSignedUrls: 'canary' }],
  ['`requireSignedURLs` is not an option; do you mean `requireSignedUrls`?', { requireSignedURLs: true }],
  ['`allowedHosts.0` must be a host name without scheme', { allowedHosts: ['https://canary.example'] }],
  ['`allowedHosts` must be a list', { allowedHosts: 'canary.example' }],
  ['`defaultMaxDurationSeconds` must be a whole number from 1 to 36000', { defaultMaxDurationSeconds: 36_001 }],
  ['`basicUploadMaxBytes` must be a whole number from 0 to 200000000', { basicUploadMaxBytes: 200_000_001 }],
  ['`thumbnailTimestampPct` must be a number from 0 to 1', { thumbnailTimestampPct: 1.1 }],
  ['`watermarkUid` must be the 32 hexadecimal digits', { watermarkUid: 'canary' }],
  ['`scheduledDeletionDays` must be a whole number from 30 to 1096', { scheduledDeletionDays: 29 }],
  ['`accessRules` must be at most 5 rules', { accessRules: [block, block, block, block, country, any] }],
  ['`accessRules` must end with', { accessRules: [country] }],
  ['`accessRules` must have a rule of type any at its end only', { accessRules: [any, block] }],
  ['`accessRules.0.country.0` must be two capital letters', { accessRules: [{ ...country, country: ['gb'] }, any] }],
  ['`accessRules.0.ip.0` must be addresses or ranges', { accessRules: [{ ...block, ip: ['127.1'] }] }],
  ['`accessRules` are part of tokens', { accessRules: [block], requireSignedUrls: false }],
  ['`poster.fit` must be crop, clip, scale or fill', { poster: { fit: 'canary' } }],
  ['`poster.widthPixels` must be a whole number from 1 to 2000', { poster: { widthPixels: 0 } }],
  [
    '`animatedPreview.framesPerSecond` must be a whole number from 1 to 15',
    { animatedPreview: { framesPerSecond: 60 } },
  ],
  ['`allowCopyFromUrl` must be true or false', { allowCopyFromUrl: 'canary' }],
  ['`apiOrigin` must be an origin without path', { apiOrigin: 'https://canary.example/client' }],
  ['`apiOrigin` must be an origin without path', { apiOrigin: 'https://canary:canary@api.example' }],
  ['`apiOrigin` must be an origin without path', { apiOrigin: 'ftp://canary.example' }],
  ['`playbackOrigin` must be an origin without path', { playbackOrigin: 'canary' }],
  ['`dispatcher` must be a dispatcher', { dispatcher: {} }],
  ['`prices.storageBlockUsd` must be a price', { prices: { storageBlockUsd: -5 } }],
  ['`uploadExpiresInSeconds` must be a whole number of seconds from 1 to 86400', { uploadExpiresInSeconds: 86_401 }],
  ['`maxAttempts` is not an option here; pass it with retryHandler: new RetryHandler', { maxAttempts: 2 }],
  ['`logger` must be a Logger', { logger: { log: () => {} } }],
  ['`rateLimiter` must be a RateLimiter', { rateLimiter: {} }],
])('%s', (sentence, options) => {
  const error = refusalOf({ ...right, ...options });
  expect(error).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining(sentence) });
  expect(inspect(error, { showHidden: true, depth: 9 })).not.toMatch(/canary(?!_)/);
});

test.each([[undefined], [null], ['options'], [7]])('%s in place of options is refused', (options) => {
  expect(refusalOf(options)).toMatchObject({
    code: 'MISCONFIGURED',
    message: expect.stringContaining('Pass its options as an object.'),
  });
});

test('every wrong setting is named at once', () => {
  const error = refusalOf({ ...right, accountId: 'x', poster: { fit: 'x' }, thumbnailTimestampPct: 7 });
  const message = expect.stringMatching(/accountId.*thumbnailTimestampPct.*poster\.fit/);
  expect(error).toMatchObject({ message });
});

describe('T-H1', () => {
  test('no text form of a storage shows a secret', () => {
    const key = makeSigningKey('a1');
    const storage = new CloudflareStreamStorage({
      ...right,
      signingKeys: [{ id: 'a1', jwk: key.jwk }],
      webhookSecrets: ['canary-webhook'],
    });
    const shown = `${inspect(storage, { showHidden: true, depth: 12 })}${JSON.stringify(storage)}${String(storage)}`;
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain(key.jwk.slice(40, 80));
  });
});
