import { Secret } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { CloudflareApi } from './cloudflare-api.ts';
import { CloudflareClient } from './cloudflare-client.ts';
import { ProviderTime } from './provider-time.ts';

const UID = '6b9e68b07dfee8cc2d116e4c51d6a957';
let requests: { readonly method: string; readonly url: string; readonly body: unknown }[];
let result: unknown;
let client: CloudflareClient;

beforeEach(() => {
  requests = [];
  const clock = new ManualClock();
  const api = new CloudflareApi({
    send: async ({ method, url, body }) => {
      requests.push({ method, url: url.replace('https://api.example/client/v4/accounts/account/stream', ''), body });
      return { status: 200, text: JSON.stringify({ success: true, result }), header: () => undefined };
    },
    ...{ apiOrigin: 'https://api.example', accountId: 'account', apiToken: new Secret('canary-token-0123456789') },
    ...{ clock, providerTime: new ProviderTime(clock) },
  });
  client = new CloudflareClient(api);
});

describe('a list', () => {
  test('sends the given parameters, and nothing else', async () => {
    result = [];
    await client.listVideos({ limit: 7 });
    const [after, before] = ['2026-11-23T02:00:00Z', '2026-11-23T03:00:00Z'];
    await client.listVideos({ limit: 1000, before, after, creator: 'anna & co' });
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(requests[0]?.url).toBe('?limit=7');
    expect(Object.fromEntries(new URLSearchParams(requests[1]?.url))).toEqual({
      ...{ limit: '1000', before, after, creator: 'anna & co' },
    });
  });

  test.each([
    ['between two others', ['2026-11-23T03:00:00Z', '', '2026-11-23T02:00:00Z'], [0, 0, 2]],
    ['before the first that has one', ['', '2026-11-23T02:00:00Z'], [1, 1]],
  ])('a video without a time %s takes the time of its neighbour', async (_where, times, places) => {
    result = times.map((created) => ({ uid: UID, created }));
    const listed = await client.listVideos({ limit: 9 });
    expect(listed.map(({ created }) => created)).toEqual(places.map((place) => times[place]));
  });

  test('a video of a list without any time is dated 1970', async () => {
    result = [{ uid: UID }];
    expect(await client.listVideos({ limit: 9 })).toMatchObject([{ created: '1970-01-01T00:00:00.000Z' }]);
  });
});

describe('a token of the API', () => {
  const terms = { videoId: UID, expiresAtSeconds: 1_800_000_000, accessRules: [] };
  const bodyOf = () => JSON.parse(String(requests[0]?.body));

  test('is requested with the required terms only', async () => {
    result = { token: 'a.b.c' };
    expect(await client.generateSignedToken(terms)).toBe('a.b.c');
    expect(requests[0]).toMatchObject({ method: 'POST', url: `/${UID}/token` });
    expect(bodyOf()).toEqual({ exp: 1_800_000_000 });
  });

  test('is requested with its start, its download and its rules', async () => {
    result = { token: 'a.b.c' };
    const accessRules = [{ type: 'any', action: 'block' }] as const;
    await client.generateSignedToken({ ...terms, notBeforeSeconds: 1_700_000_000, downloadable: true, accessRules });
    expect(bodyOf()).toEqual({ exp: 1_800_000_000, nbf: 1_700_000_000, downloadable: true, accessRules });
  });

  test('that allows no download does not mention downloads', async () => {
    result = { token: 'a.b.c' };
    await client.generateSignedToken({ ...terms, downloadable: false });
    expect(bodyOf()).toEqual({ exp: 1_800_000_000 });
  });
});

test('details and usage are read by GET', async () => {
  result = { uid: UID };
  await client.getVideoDetails(UID);
  result = { totalStorageMinutes: 1.5, totalStorageMinutesLimit: 1000, videoCount: 2 };
  expect(await client.getStorageUsage('anna & co')).toEqual({ storedMinutes: 1.5, limitMinutes: 1000, videos: 2 });
  await client.getStorageUsage(undefined);
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET /${UID}`,
    'GET /storage-usage?creator=anna%20%26%20co',
    'GET /storage-usage',
  ]);
});
