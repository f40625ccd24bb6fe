import { openAsBlob } from 'node:fs';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';
import type { CloudflareStreamEmulatorOptions } from './emulator-options.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

async function start(options: CloudflareStreamEmulatorOptions): Promise<void> {
  emulator = await CloudflareStreamEmulator.start({ clock, ...options });
  client = new StreamTestClient(emulator);
}

beforeEach(() => start({}));
afterEach(() => emulator.stop());

async function restart(options: CloudflareStreamEmulatorOptions): Promise<void> {
  await emulator.stop();
  await start(options);
}

async function creationStatus(maxDurationSeconds: number): Promise<readonly unknown[]> {
  const { status, body } = await client.api('POST', '/direct_upload', { maxDurationSeconds });
  return [status, body.errors[0]?.code];
}

async function usedMinutes(): Promise<number> {
  return Number((await client.api('GET', '/storage-usage')).body.result['totalStorageMinutes']);
}

test('a full account refuses the creation of any kind of upload', async () => {
  await restart({ storageMinutes: 10 });
  await client.createUpload({ maxDurationSeconds: 480 });
  expect(await creationStatus(121)).toEqual([413, 10011]);
  const tus = await client.createTus(1000);
  expect([tus.status, await tus.json()]).toMatchObject([413, { errors: [{ code: 10011 }], messages: null }]);
  expect((await client.api('POST', '/copy', { input: 'http://127.0.0.1:9/a.mp4' })).body.errors[0]?.code).toBe(10011);
  expect(await creationStatus(120)).toEqual([200, undefined]);
});

test('a reservation becomes the real length once the video is processed', async () => {
  const uid = await client.upload(await openAsBlob(fixtures.webm.path), { maxDurationSeconds: 600 });
  expect(await usedMinutes()).toBe(10);
  clock.advance(3000);
  // 2.007 seconds, rounded up.
  expect(await usedMinutes()).toBe(3 / 60);
  await client.api('DELETE', `/${uid}`);
  expect(await usedMinutes()).toBe(0);
});

test('a reservation ends with an error and at the expiry of its link', async () => {
  await client.upload(await openAsBlob(fixtures.text.path), { maxDurationSeconds: 600 });
  const expiry = new Date(clock.now() + 60_000).toISOString();
  await client.createUpload({ maxDurationSeconds: 300, expiry });
  await client.createTus(1000, { maxDurationSeconds: '120', expiry });
  expect(await usedMinutes()).toBe(17);
  clock.advance(3000);
  expect(await usedMinutes()).toBe(7);
  clock.advance(57_000);
  expect(await usedMinutes()).toBe(0);
});

test('usage is counted per creator', async () => {
  await client.createUpload({ creator: 'ann', maxDurationSeconds: 60 });
  await client.createUpload({ creator: 'bob', maxDurationSeconds: 120 });
  expect((await client.api('GET', '/storage-usage?creator=bob')).body.result).toEqual({
    creator: 'bob',
    totalStorageMinutes: 2,
    totalStorageMinutesLimit: 1_000_000,
    videoCount: 1,
  });
});

test('without the right token every call is refused', async () => {
  const wrong = await client.api('GET', '', undefined, { Authorization: 'Bearer wrong' });
  expect([wrong.status, wrong.body.success, wrong.body.errors[0]?.code]).toEqual([401, false, 1000]);
  expect((await client.api('GET', '', undefined, { Authorization: 'wrong' })).status).toBe(400);
  const none = await fetch(client.url(''));
  expect([none.status, await none.json()]).toMatchObject([401, { success: false, result: null }]);
  const account = `${emulator.apiOrigin}/client/v4/accounts/${'0'.repeat(32)}/stream`;
  const other = await fetch(account, { headers: client.authorization });
  expect([other.status, await other.json()]).toMatchObject([403, { errors: [{ code: 10002 }] }]);
});

test.each([7003, 7000] as const)(
  'the router answers 404 with %i, which does not mean that a video is missing',
  async (routerCode) => {
    await restart({ routerCode });
    const base = `${emulator.apiOrigin}/client/v4`;
    const uid = '0'.repeat(32);
    for (const url of [
      `${base}/accounts/not-an-id/stream/${uid}`,
      `${base}/accounts/${emulator.accountId}/strem/${uid}`,
      `${base}/zones/${emulator.accountId}/stream/${uid}`,
      `${emulator.apiOrigin}/client/v5/accounts/${emulator.accountId}/stream/${uid}`,
      client.url(`/${uid}/none/of/these`),
    ]) {
      const response = await fetch(url, { headers: client.authorization });
      expect([url, response.status, await response.json()]).toMatchObject([
        url,
        404,
        { success: false, result: null, errors: [{ code: routerCode }], messages: null },
      ]);
    }
    const missing = await client.api('GET', `/${uid}`);
    expect([missing.status, missing.body.errors[0]?.code]).toEqual([404, 10003]);
  },
);

test('without a subscription only the usage call succeeds', async () => {
  await restart({ storageMinutes: 0 });
  expect(await creationStatus(60)).toEqual([403, 10002]);
  expect((await client.api('GET', '')).status).toBe(403);
  expect((await client.api('GET', '/storage-usage')).body.result).toMatchObject({ totalStorageMinutesLimit: 0 });
});

test('above its allowance a token is blocked for a whole window, with every call', async () => {
  await restart({ rateLimit: { requests: 2, windowSeconds: 300 } });
  await client.api('GET', '');
  clock.advance(100_000);
  const last = await client.api('GET', '');
  expect(last.headers.get('ratelimit')).toBe('"default";r=0;t=200');
  expect(last.headers.get('ratelimit-policy')).toBe('"default";q=2;w=300');
  const refused = await client.api('GET', '');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '300']);
  clock.advance(200_500);
  const still = await client.api('POST', '/keys');
  expect([still.status, still.headers.get('retry-after')]).toEqual([429, '100']);
  expect(still.headers.get('ratelimit')).toBe('"default";r=0;t=100');
  clock.advance(99_500);
  expect((await client.api('GET', '')).status).toBe(200);
});

test('1 200 calls in five minutes are allowed by default', async () => {
  const { headers } = await client.api('GET', '/storage-usage');
  expect(headers.get('ratelimit')).toBe('"default";r=1199;t=300');
  expect(headers.get('ratelimit-policy')).toBe('"default";q=1200;w=300');
});

test.each([
  [429, undefined],
  [429, 'The encoder is busy.'],
  [413, 'Quota reached'],
] as const)(
  'a full encoder answers %s with any message and without Retry-After; a rate limit answers 429 with it',
  async (encodingRefusalStatus, encodingRefusalMessage) => {
    await restart({ maxEncodingVideos: 0, encodingRefusalStatus, encodingRefusalMessage, rateLimit: { requests: 1 } });
    const full = await client.api('POST', '/direct_upload', { maxDurationSeconds: 60 });
    expect([full.status, full.headers.has('retry-after')]).toEqual([encodingRefusalStatus, false]);
    expect(full.headers.get('ratelimit')).toBe('"default";r=0;t=300');
    if (encodingRefusalMessage !== undefined) expect(full.body.errors[0]?.message).toBe(encodingRefusalMessage);
    const limited = await client.api('POST', '/direct_upload', { maxDurationSeconds: 60 });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '300']);
  },
);

test.each([429, 413] as const)(
  'more videos than the encoder accepts are refused with %s, until some are done',
  async (status) => {
    await restart({ maxEncodingVideos: 1, encodingRefusalStatus: status });
    const file = await openAsBlob(fixtures.moovFirst.path);
    const second = await client.createUpload();
    await client.upload(file);
    expect(await client.send(second.uploadURL, file)).toBe(status);
    expect(await creationStatus(60)).toEqual([status, 10006]);
    await emulator.finishProcessing();
    expect(await client.send(second.uploadURL, file)).toBe(200);
  },
);
