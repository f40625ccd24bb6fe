import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigurationError, Secret, Validator } from '@videostorage/core';
import { afterAll, describe, expect, test } from 'vitest';
import { SECRET } from '../test-support/requests.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import type { LocalStorageOptions } from './local-options.ts';
import { LocalStorage } from './local-storage.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const valid = { folder, baseUrl: 'https://example.org/media', referenceSecrets: [SECRET] };

/** What a host without a type checker may pass. */
const make = (changes: object) => new LocalStorage({ ...valid, ...changes } as LocalStorageOptions);

describe('settings', () => {
  test.each([
    [{ folder: undefined }, '`folder` must be the path of the folder to keep the videos in.'],
    [{ folder: '' }, '`folder` must be the path of the folder to keep the videos in.'],
    [{ baseUrl: undefined }, '`baseUrl` must be an http or https URL'],
    [{ baseUrl: 'example.org' }, '`baseUrl` must be an http or https URL'],
    [{ baseUrl: 'ftp://example.org' }, '`baseUrl` must be an http or https URL'],
    [{ baseUrl: 'https://example.org/?a=b' }, '`baseUrl` must have neither query nor fragment.'],
    [{ baseUrl: 'https://example.org/#a' }, '`baseUrl` must have neither query nor fragment.'],
    [{ baseUrl: 'https://example.org/media?' }, '`baseUrl` must have neither query nor fragment.'],
    [{ baseUrl: 'https://example.org/media#' }, '`baseUrl` must have neither query nor fragment.'],
    [{ baseUrl: 'https://anna:secret@example.org/media' }, '`baseUrl` must not hold a user name or password'],
    [{ baseUrl: 'https://anna@example.org/media' }, '`baseUrl` must not hold a user name or password'],
    [{ baseUrl: 'https://:secret@example.org/media' }, '`baseUrl` must not hold a user name or password'],
    [{ allowedOrigins: ['https://a.example/path'] }, '`allowedOrigins.0` must be an origin'],
    [{ allowedOrigins: ['capacitor://localhost', 'null'] }, '`allowedOrigins.1` must be an origin'],
    [{ allowedOrigins: ['*'] }, '`allowedOrigins.0` must be an origin'],
    [{ folder: '~' }, '`folder` must not begin with `~`'],
    [{ folder: '~/videos' }, '`folder` must not begin with `~`'],
    [{ foldr: 'x' }, '`foldr` is not an option; do you mean `folder`?'],
    [{ maxSizeBytes: 5 }, 'pass it with validator: new Validator({ maxSizeBytes: … })'],
    [{ validator: {} }, '`validator` must be a Validator'],
    [{ inspectContent: 'no' }, '`inspectContent` must be true or false'],
    [{ probe: 'x' }, '`probe` must be a function'],
    [{ fileFunctions: 1 }, '`fileFunctions` must be an object of file functions'],
    [{ fileFunctions: null }, '`fileFunctions` must be an object of file functions'],
    [{ prices: { storage: 1 } }, '`prices.storage` is not an option'],
    [{ uploadExpiresInSeconds: 1.5 }, 'uploadExpiresInSeconds'],
    [{ uploadExpiresInSeconds: 1e9 }, '`uploadExpiresInSeconds` must be a whole number of seconds from 1 to 86400'],
    [{ prices: { storageUsdPerGigabyteMonth: 0.02 } }, '`prices.asOf` is needed beside a price'],
    [{ prices: { deliveryUsdPerGigabyte: 0.02 } }, '`prices.asOf` is needed beside a price'],
    [{ prices: { storageUsdPerGigabyteMonth: -1, asOf: '2026-11-23' } }, 'prices.storageUsdPerGigabyteMonth'],
    [{ referenceSecrets: [] }, 'at least one secret'],
    [{ referenceSecrets: ['short'] }, 'at least 32 bytes'],
  ])('%j is refused by its name, with the fix', (changes, sentence) => {
    expect(() => make(changes)).toThrow(ConfigurationError);
    expect(() => make(changes)).toThrow(sentence);
  });

  test('all problems are reported at once', () => {
    expect(() => make({ folder: '', baseUrl: 'x' })).toThrow(/folder.*baseUrl/);
  });

  test.each(['videos~', './~', 'a/~b'])('%s is the name of a folder like any other', (name) => {
    expect(() => make({ folder: join(folder, name) })).not.toThrow();
  });

  test('a folder that cannot be created', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    expect(() => make({ folder: file })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('The folder of the storage cannot be created'),
        cause: expect.objectContaining({ code: 'EEXIST' }),
      }),
    );
  });

  test('a base URL is kept in the canonical form of the URL standard', async () => {
    const storage = make({ baseUrl: ' HTTPS://Example.ORG:443/a/../media/ ' });
    const { url } = await storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`);
    expect(url).toMatch(/^https:\/\/example\.org\/media\/videos\/0/);
  });

  test.each(['https://example.org/media', 'https://example.org/media/', 'https://example.org/media//'])(
    'the path of %s has no slash at its end',
    async (baseUrl) => {
      const storage = make({ baseUrl });
      const { url = '' } = await storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`);
      expect([storage.basePath, new URL(url).pathname]).toEqual(['/media', `/media/videos/${'0'.repeat(32)}-mp4`]);
    },
  );

  test('at the root of a host the path is empty', () => {
    expect(make({ baseUrl: 'https://example.org/' }).basePath).toBe('');
  });

  test('without a validator, only types that browsers play are accepted; with one, the types that it allows', async () => {
    const request = { userId: 'anna', fileName: 'f', sizeBytes: 5, mimeType: 'video/x-msvideo' };
    await expect(make({}).getUploadUrl(request)).rejects.toMatchObject({
      problems: [{ code: 'TYPE_NOT_ALLOWED' }],
    });
    await make({}).getUploadUrl({ ...request, mimeType: 'video/mp4' });
    const validator = new Validator({ mimeTypes: ['video/webm'] });
    await expect(make({ validator }).getUploadUrl({ ...request, mimeType: 'video/mp4' })).rejects.toMatchObject({
      problems: [{ code: 'TYPE_NOT_ALLOWED' }],
    });
  });

  test('the folder is created', () => {
    const fresh = join(folder, 'not', 'yet', 'there');
    make({ folder: fresh });
    for (const name of ['uploads', 'claims', 'records', 'videos']) expect(existsSync(join(fresh, name))).toBe(true);
  });

  test('T-H1: the storage shows no secret, given as text or wrapped', () => {
    const storage = make({ referenceSecrets: [SECRET, new Secret(`${SECRET}-2`)] });
    const shown = inspect(storage, { showHidden: true, depth: Number.POSITIVE_INFINITY }) + JSON.stringify(storage);
    expect(shown).not.toContain(SECRET);
  });
});

describe('estimateCost', () => {
  const usage = { storedBytes: 500e9, views: 1000, videos: 2000 };

  test('is free unless the host says otherwise', () => {
    const { plan, monthlyUsd, assumptions, pricesAsOf } = make({}).estimateCost(usage);
    expect([plan, monthlyUsd]).toEqual(['Own disk', 0]);
    expect(assumptions).toContain('The computer, its power and its upkeep are paid for already.');
    expect(pricesAsOf).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('at the host’s own prices, item by item', () => {
    const prices = { storageUsdPerGigabyteMonth: 0.02, deliveryUsdPerGigabyte: 0.01, asOf: '2026-11-01' };
    const estimate = make({ prices }).estimateCost(usage);
    expect(estimate).toMatchObject({ pricesAsOf: '2026-11-01', monthlyUsd: 12.5 });
    expect(estimate.items).toEqual([
      { name: 'Storage', quantity: 500, unit: 'GB-month', unitPriceUsd: 0.02, amountUsd: 10 },
      { name: 'Delivery', quantity: 250, unit: 'GB', unitPriceUsd: 0.01, amountUsd: 2.5 },
    ]);
  });

  test.each([
    [{ deliveredBytes: 7e9 }, 7, undefined],
    [{ deliveredMinutes: 100, storedMinutes: 1000 }, 50, /bit rate/],
    [{ videos: 2000 }, 250, /average size/],
    [{ videos: undefined }, 150, /150 MB/],
    [{ videos: 0 }, 150, /150 MB/],
    [{ videos: 2000, deliveredMinutes: 100, storedMinutes: 0 }, 250, /average size/],
    [{ videos: 2000, deliveredMinutes: 100 }, 250, /average size/],
    [{ videos: 2000, storedMinutes: 1000 }, 250, /average size/],
  ])('delivery is derived from the numbers that are given: %j', (known, gigabytes, assumption) => {
    const estimate = make({}).estimateCost({ storedBytes: 500e9, views: 1000, ...known });
    expect(estimate.items[1]?.quantity).toBeCloseTo(gigabytes);
    expect(estimate.assumptions).toHaveLength(assumption === undefined ? 1 : 2);
    if (assumption !== undefined) expect(estimate.assumptions[1]).toMatch(assumption);
  });
});
