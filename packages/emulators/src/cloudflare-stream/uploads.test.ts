import { openAsBlob } from 'node:fs';
import { connect } from 'node:net';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clippedVideo } from '../../test-support/clipped-video.ts';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
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
  const { uploadURL, uid } = await client.createUpload({
    creator: 'ann',
    meta: { name: 'Lesson' },
    requireSignedURLs: true,
  });
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
  const { uploadURL } = await client.createUpload();
  expect(await client.send(uploadURL, file, 'video')).toBe(400);
  expect(await client.send(uploadURL, file)).toBe(200);
  expect(await client.send(uploadURL, file)).toBe(409);
  const late = await client.createUpload({ expiry: new Date(clock.now() + 60_000).toISOString() });
  clock.advance(60_000);
  expect(await client.send(late.uploadURL, file)).toBe(410);
  const tus = await fetch(late.uploadURL, { method: 'HEAD' });
  expect(tus.status).toBe(405);
});

function inDays(days: number): string {
  return new Date(clock.now() + days * 24 * 3_600_000).toISOString();
}

test('the largest allowed values are accepted', async () => {
  const settings = {
    ...{
      maxDurationSeconds: 36_000,
      creator: 'x'.repeat(64),
      thumbnailTimestampPct: 1,
      allowedOrigins: ['*.a.example'],
    },
    scheduledDeletion: inDays(1096),
  };
  const { status, body } = await client.api('POST', '/direct_upload', settings);
  expect([status, body.result['scheduledDeletion']]).toEqual([200, settings.scheduledDeletion]);
  expect((await client.api('GET', `/${body.result['uid']}`)).body.result).toMatchObject(settings);
  expect(
    (await client.api('POST', '/direct_upload', { maxDurationSeconds: 1, scheduledDeletion: inDays(30) })).status,
  ).toBe(200);
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
  ['a length as text', { maxDurationSeconds: '60' }],
  ['a length of seconds and a half', { maxDurationSeconds: 1.5 }],
  ['a percentage below 0', { maxDurationSeconds: 60, thumbnailTimestampPct: -0.1 }],
  ['a deletion after 29 days', { maxDurationSeconds: 60, scheduledDeletion: inDays(29.9) }],
  ['a deletion after 1097 days', { maxDurationSeconds: 60, scheduledDeletion: inDays(1096.1) }],
  ['an invalid time', { maxDurationSeconds: 60, expiry: 'tomorrow' }],
  ['a flag as text', { maxDurationSeconds: 60, requireSignedURLs: 'true' }],
  ['meta as text', { maxDurationSeconds: 60, meta: 'name' }],
])('a creation with %s is refused', async (_name, settings) => {
  const { status, body } = await client.api('POST', '/direct_upload', settings);
  expect([status, body.errors[0]?.code, body.success]).toEqual([400, 10005, false]);
  expect(body).toHaveProperty('messages', null);
});

test('a video that is too short is an error too', async () => {
  const uid = await emulator.addVideo(await clippedVideo(await fixtures.moovFirst.read(), 0.05));
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
    status: { state: 'error', errorReasonCode: 'ERR_DURATION_TOO_SHORT' },
  });
});

test('a playlist is not a video, so that no file which it names is opened', async () => {
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:3,\n${fixtures.moovFirst.path}\n#EXT-X-ENDLIST\n`;
  const uid = await emulator.addVideo(new TextEncoder().encode(playlist));
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
    status: { state: 'error', errorReasonCode: 'ERR_NON_VIDEO' },
  });
});

test('every other error happens on request, in both spellings', async () => {
  await emulator.stop();
  await start({ errorKeys: 'err', hasUnknownFields: true });
  emulator.failNextProcessing({ code: 'ERR_UNKNOWN', text: 'Something went wrong.' });
  const [failed, fine] = [await client.upload(await openAsBlob(fixtures.moovFirst.path)), await client.createUpload()];
  await emulator.finishProcessing();
  const { result } = (await client.api('GET', `/${failed}`)).body;
  expect(result).toMatchObject({
    readyToStream: false,
    status: { state: 'error', errReasonCode: 'ERR_UNKNOWN', errReasonText: 'Something went wrong.' },
    newField: expect.anything(),
  });
  expect(result['status']).not.toHaveProperty('errorReasonCode');
  expect(await client.send(fine.uploadURL, await openAsBlob(fixtures.moovFirst.path))).toBe(200);
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${fine.uid}`)).body.result).toMatchObject({ readyToStream: true });
});

test.each([
  ['ERR_NON_VIDEO', 'text' as const, 60],
  ['ERR_MALFORMED_VIDEO', 'truncated' as const, 60],
  ['ERR_DURATION_EXCEED_CONSTRAINT', 'moovFirst' as const, 1],
])('%s is found in the file', async (code, name, maxDurationSeconds) => {
  const { uploadURL, uid } = await client.createUpload({ maxDurationSeconds });
  expect(await client.send(uploadURL, await openAsBlob(fixtures[name].path))).toBe(200);
  await emulator.finishProcessing();
  const { result } = (await client.api('GET', `/${uid}`)).body;
  expect(result).toMatchObject({
    readyToStream: false,
    duration: -1,
    status: { state: 'error', errorReasonCode: code },
  });
});

test('edits replace whole members, and deletion is final', async () => {
  const { uid, uploadURL } = await client.createUpload({ meta: { name: 'A', room: '1' } });
  const edited = await client.api('POST', `/${uid}`, { meta: { name: 'B' }, requireSignedURLs: true });
  expect(edited.body.result).toMatchObject({ meta: { name: 'B' }, requireSignedURLs: true });
  expect(edited.body.result['meta']).toEqual({ name: 'B' });
  const scheduledDeletion = inDays(60);
  expect((await client.api('POST', `/${uid}`, { scheduledDeletion })).body.result).toMatchObject({ scheduledDeletion });
  expect((await client.api('POST', `/${uid}`, { scheduledDeletion: null })).body.result).toMatchObject({
    scheduledDeletion: null,
    requireSignedURLs: true,
  });
  expect((await client.api('POST', `/${uid}`, { uid: 'other' })).status).toBe(400);
  expect((await client.api('DELETE', `/${uid}`)).status).toBe(200);
  for (const method of ['GET', 'DELETE']) {
    const { status, body } = await client.api(method, `/${uid}`);
    expect([status, body.errors[0]?.code]).toEqual([404, 10003]);
  }
  expect(await client.send(uploadURL, await openAsBlob(fixtures.moovFirst.path))).toBe(404);
});

test('a setting that belongs to another call is ignored without an error', async () => {
  const soon = new Date(clock.now() + 60_000).toISOString();
  const { uid } = await client.createUpload({ uploadExpiry: soon, publicDetails: { title: 'A' } });
  const created = (await client.api('GET', `/${uid}`)).body.result;
  expect(Date.parse(String(created['uploadExpiry'])) - clock.now()).toBe(24 * 3_600_000);
  expect(created['publicDetails']).toMatchObject({ title: null });
  const edited = await client.api('POST', `/${uid}`, { expiry: soon, watermark: { uid: 'none' } });
  expect(edited.body.result).toMatchObject({ uploadExpiry: created['uploadExpiry'], watermark: null });
  expect((await client.api('POST', `/${uid}`, { uploadExpiry: soon })).body.result['uploadExpiry']).toBe(soon);
});

test('a scheduled deletion happens by itself', async () => {
  const { uid } = await client.createUpload({ scheduledDeletion: inDays(30) });
  clock.advance(30 * 24 * 3_600_000);
  expect((await client.api('GET', `/${uid}`)).status).toBe(404);
});

test.each([
  ['envelope' as const, 200, /"success":true/],
  ['empty' as const, 200, /^$/],
  ['no-content' as const, 204, /^$/],
])('a deletion can be answered with %s', async (deletionAnswer, status, text) => {
  await emulator.stop();
  await start({ deletionAnswer });
  const { uid } = await client.createUpload();
  const response = await fetch(client.url(`/${uid}`), { method: 'DELETE', headers: client.authorization });
  expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(text)]);
  expect((await client.api('GET', `/${uid}`)).status).toBe(404);
});

test('a transfer that breaks does not use up its link and affects no other request', async () => {
  const { uploadURL, uid } = await client.createUpload();
  const { hostname, port, pathname } = new URL(uploadURL);
  const socket = connect(Number(port), hostname);
  const head = ['Host: x', 'Content-Type: multipart/form-data; boundary=b', 'Content-Length: 100000', '', ''];
  socket.write(`POST ${pathname} HTTP/1.1\r\n${head.join('\r\n')}`);
  socket.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n');
  await new Promise((resolve) => socket.write('x'.repeat(5000), resolve));
  // The second sender waits until the emulator has noticed that the first one disconnected.
  await expect.poll(() => emulator.requests.at(-1)).toBe(`POST ${pathname}`);
  socket.resetAndDestroy();
  const file = await openAsBlob(fixtures.moovFirst.path);
  await expect.poll(() => client.send(uploadURL, file)).toBe(200);
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({ readyToStream: true });
});
