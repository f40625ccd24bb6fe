import { openAsBlob } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../../test-support/stream-test-client.ts';
import { fixtures } from '../../fixtures.ts';
import { ManualClock } from '../../manual-clock.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';
import type { CloudflareStreamEmulatorOptions } from './emulator-options.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

beforeEach(async () => {
  await start();
});
afterEach(() => emulator.stop());

async function start(options: CloudflareStreamEmulatorOptions = {}): Promise<void> {
  emulator = await CloudflareStreamEmulator.start({ clock, ...options });
  client = new StreamTestClient(emulator);
}

test('an upload goes through all states by the clock', async () => {
  const { uploadURL, uid } = await client.mint({ creator: 'ann', meta: { name: 'Lesson' }, requireSignedURLs: true });
  const states: unknown[] = [];
  const look = async () => {
    const { result } = (await client.api('GET', `/${uid}`)).body;
    const status = result['status'] as Record<string, unknown>;
    states.push([status['state'], status['pctComplete'], result['readyToStream']]);
    return result;
  };
  await look();
  expect(await client.send(uploadURL, await openAsBlob(fixtures.moovLast.path))).toBe(200);
  await look();
  clock.advance(1500);
  await look();
  clock.advance(1500);
  await look();
  clock.advance(2000);
  const ready = await look();
  expect(states).toEqual([
    ['pendingupload', undefined, false],
    ['queued', '0.000000', false],
    ['inprogress', '9.750000', false],
    ['ready', '39.000000', true],
    ['ready', '100.000000', true],
  ]);
  expect(ready).toMatchObject({
    uid,
    creator: 'ann',
    meta: { name: 'Lesson' },
    requireSignedURLs: true,
    input: { width: 320, height: 180 },
    playback: { hls: `${emulator.playbackOrigin}/${uid}/manifest/video.m3u8` },
  });
  expect(ready['duration']).toBeCloseTo(3, 0);
});

test('a link works once, with the field `file` and until its expiry', async () => {
  const file = await openAsBlob(fixtures.moovFirst.path);
  const { uploadURL } = await client.mint();
  expect(await client.send(uploadURL, file, 'video')).toBe(400);
  expect(await client.send(uploadURL, file)).toBe(200);
  expect(await client.send(uploadURL, file)).toBe(409);
  const late = await client.mint({ expiry: new Date(clock.now() + 60_000).toISOString() });
  clock.advance(60_000);
  expect(await client.send(late.uploadURL, file)).toBe(410);
  const tus = await fetch(late.uploadURL, { method: 'HEAD' });
  expect(tus.status).toBe(405);
});

test('more than 200 MB are refused', async () => {
  const { uploadURL, uid } = await client.mint();
  const piece = new Uint8Array(1_000_000);
  expect(await client.send(uploadURL, new Blob(Array.from({ length: 201 }, () => piece)))).toBe(413);
  expect((await client.api('GET', `/${uid}`)).body.result['status']).toMatchObject({ state: 'pendingupload' });
});

test.each([
  ['no length', {}],
  ['a length of 0', { maxDurationSeconds: 0 }],
  ['a length above 36 000', { maxDurationSeconds: 36_001 }],
  ['a long creator', { maxDurationSeconds: 60, creator: 'x'.repeat(65) }],
  ['a percentage above 1', { maxDurationSeconds: 60, thumbnailTimestampPct: 1.1 }],
  ['a deletion too soon', { maxDurationSeconds: 60, scheduledDeletion: '2020-01-01T00:00:00Z' }],
  ['an expiry in the past', { maxDurationSeconds: 60, expiry: '2020-01-01T00:00:00Z' }],
  ['an origin with a scheme', { maxDurationSeconds: 60, allowedOrigins: ['https://a.example'] }],
])('a mint with %s is refused', async (_name, settings) => {
  const { status, body } = await client.api('POST', '/direct_upload', settings);
  expect([status, body.errors[0]?.code, body.success]).toEqual([400, 10005, false]);
  expect(body).toHaveProperty('messages', null);
});

test.each([
  ['ERR_NON_VIDEO', 'text' as const, 60],
  ['ERR_MALFORMED_VIDEO', 'truncated' as const, 60],
  ['ERR_DURATION_EXCEED_CONSTRAINT', 'moovFirst' as const, 1],
])('%s is found in the file', async (code, name, maxDurationSeconds) => {
  const { uploadURL, uid } = await client.mint({ maxDurationSeconds });
  expect(await client.send(uploadURL, await openAsBlob(fixtures[name].path))).toBe(200);
  await emulator.finishProcessing();
  const { result } = (await client.api('GET', `/${uid}`)).body;
  expect(result).toMatchObject({
    readyToStream: false,
    duration: -1,
    status: { state: 'error', errorReasonCode: code },
  });
});

test('reservations count until they are used, expire or are deleted', async () => {
  await emulator.stop();
  await start({ storageMinutes: 10 });
  const first = await client.mint({ maxDurationSeconds: 480 });
  const full = await client.api('POST', '/direct_upload', { maxDurationSeconds: 180 });
  expect([full.status, full.body.errors[0]?.code]).toEqual([413, 10011]);
  await client.send(first.uploadURL, await openAsBlob(fixtures.moovFirst.path));
  await emulator.finishProcessing();
  const usage = (await client.api('GET', '/storage-usage')).body.result;
  expect(usage['totalStorageMinutes']).toBeLessThan(0.1);
  expect((await client.api('POST', '/direct_upload', { maxDurationSeconds: 180 })).status).toBe(200);
});

test('without the right token nothing is told', async () => {
  expect((await client.api('GET', '', undefined, { Authorization: 'Bearer wrong' })).body.errors[0]?.code).toBe(1000);
  expect((await client.api('GET', '', undefined, { Authorization: 'wrong' })).status).toBe(400);
  const other = await fetch(`${emulator.apiOrigin}/client/v4/accounts/other/stream`, {
    headers: { Authorization: `Bearer ${emulator.apiToken}` },
  });
  expect(other.status).toBe(403);
});

test('above its allowance a token is blocked for a whole window', async () => {
  await emulator.stop();
  await start({ rateLimit: { requests: 2, windowSeconds: 300 } });
  await client.api('GET', '');
  expect((await client.api('GET', '')).headers.get('ratelimit')).toBe('"default";r=0;t=300');
  const refused = await client.api('GET', '');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '300']);
  clock.advance(299_000);
  expect((await client.api('GET', '')).status).toBe(429);
  clock.advance(1000);
  expect((await client.api('GET', '')).status).toBe(200);
});

test('lists newest first, within times, by creator and state, at most 1 000', async () => {
  const uids: string[] = [];
  for (const creator of ['ann', 'bob', 'ann']) {
    uids.unshift((await client.mint({ creator })).uid);
    clock.advance(1000);
  }
  const list = async (query: string) => {
    const { result } = (await client.api('GET', query)).body;
    return Object.values(result).map((video) => (video as { uid: string }).uid);
  };
  const createdOfSecond = String((await client.api('GET', `/${uids[1]}`)).body.result['created']);
  expect(await list('')).toEqual(uids);
  expect(await list('?asc=true&limit=2')).toEqual([uids[2], uids[1]]);
  expect(await list(`?end=${createdOfSecond}`)).toEqual([uids[2]]);
  expect(await list(`?after=${createdOfSecond}`)).toEqual([uids[0], uids[1]]);
  expect(await list('?creator=ann')).toEqual([uids[0], uids[2]]);
  expect(await list('?status=ready,error')).toEqual([]);
  expect((await client.api('GET', '?include_counts=true&limit=1')).body).toMatchObject({ total: '3', range: '1' });
  expect((await client.api('GET', '?limit=1001')).body.errors[0]?.code).toBe(10005);
  const odd = await client.api('GET', '?limit=abc');
  expect([odd.status, odd.body]).toEqual([500, {}]);
});

test('edits replace whole, deletion is final', async () => {
  const { uid, uploadURL } = await client.mint({ meta: { name: 'A', room: '1' } });
  const edited = await client.api('POST', `/${uid}`, { meta: { name: 'B' }, requireSignedURLs: true });
  expect(edited.body.result).toMatchObject({ meta: { name: 'B' }, requireSignedURLs: true });
  expect(edited.body.result['meta']).toEqual({ name: 'B' });
  expect((await client.api('DELETE', `/${uid}`)).status).toBe(200);
  for (const method of ['GET', 'DELETE']) {
    const { status, body } = await client.api(method, `/${uid}`);
    expect([status, body.errors[0]?.code]).toEqual([404, 10003]);
  }
  expect(await client.send(uploadURL, await openAsBlob(fixtures.moovFirst.path))).toBe(404);
});

test('a transfer that breaks off uses nothing up and harms nobody', async () => {
  const { uploadURL, uid } = await client.mint();
  const { hostname, port, pathname } = new URL(uploadURL);
  const socket = connect(Number(port), hostname);
  const head = ['Host: x', 'Content-Type: multipart/form-data; boundary=b', 'Content-Length: 100000', '', ''];
  socket.write(`POST ${pathname} HTTP/1.1\r\n${head.join('\r\n')}`);
  socket.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n');
  await new Promise((resolve) => socket.write('x'.repeat(5000), resolve));
  // The second sender waits for the first to be noticed as gone.
  await expect.poll(() => emulator.requests.at(-1)).toBe(`POST ${pathname}`);
  socket.resetAndDestroy();
  const file = await openAsBlob(fixtures.moovFirst.path);
  await expect.poll(() => client.send(uploadURL, file)).toBe(200);
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({ readyToStream: true });
});
