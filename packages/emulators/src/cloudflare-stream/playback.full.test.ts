import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followDashList, followHls, videoFactsOf } from '../../test-support/followed-stream.ts';
import { loopedVideo } from '../../test-support/looped-video.ts';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

/** Generated once, since that takes a while. No test needs more than three. */
const keyPairs = Array.from({ length: 3 }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }));
let madePairs = 0;
const makeKeyPair = async () => keyPairs[madePairs++ % 3] ?? expect.unreachable();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock, useFfmpeg: false, maxSigningKeys: 2, makeKeyPair });
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

async function readyVideo(
  settings: Record<string, unknown> = {},
  path: string = fixtures.moovLast.path,
): Promise<string> {
  const uid = await client.upload(await openAsBlob(path), settings);
  await emulator.finishProcessing();
  return uid;
}

async function makeKey(): Promise<{ id: string; key: KeyObject; pem: string }> {
  const { result } = (await client.api('POST', '/keys')).body;
  const jwk = JSON.parse(Buffer.from(String(result['jwk']), 'base64').toString('utf8'));
  return { id: String(result['id']), key: createPrivateKey({ key: jwk, format: 'jwk' }), pem: String(result['pem']) };
}

function tokenOf(claims: object, key: KeyObject, header: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

function inSeconds(seconds: number): number {
  return Math.floor(clock.now() / 1000) + seconds;
}

async function play(path: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${emulator.playbackOrigin}/${path}`, { headers });
  await response.arrayBuffer();
  return response.status;
}

test('HLS without ffmpeg names byte ranges that together are the video', async () => {
  const uid = await emulator.addVideo(await loopedVideo(await fixtures.moovFirst.read(), 4));
  const stream = await followHls(`${emulator.playbackOrigin}/${uid}/manifest/video.m3u8`);
  expect(stream.manifestStatuses).toEqual([200, 200]);
  // The initialisation, and a segment for each key frame, since a segment must not exceed four seconds.
  expect(stream.segmentStatuses).toEqual([206, 206, 206, 206, 206]);
  expect(await videoFactsOf(stream.bytes)).toEqual({ seconds: 12, widthPixels: 320 });
});

test('DASH without ffmpeg names byte ranges too, separately for picture and sound', async () => {
  const uid = await readyVideo();
  const manifestUrl = `${emulator.playbackOrigin}/${uid}/manifest/video.mpd`;
  const response = await fetch(manifestUrl);
  expect(response.headers.get('content-type')).toBe('application/dash+xml');
  const text = await response.text();
  expect([...text.matchAll(/contentType="(\w+)"/g)].map(([, kind]) => kind)).toEqual(['video', 'audio']);
  const stream = await followDashList(manifestUrl);
  expect(stream.segmentStatuses).toEqual([206, 206]);
  expect(await videoFactsOf(stream.bytes)).toEqual({ seconds: 3, widthPixels: 320 });
});

test('pictures without ffmpeg are real images', async () => {
  const uid = await readyVideo();
  const start = async (path: string) => {
    const response = await fetch(`${emulator.playbackOrigin}/${uid}/thumbnails/${path}`);
    return [response.headers.get('content-type'), Buffer.from(await response.arrayBuffer()).toString('hex', 0, 3)];
  };
  expect(await start('thumbnail.jpg?time=1s&height=90')).toEqual(['image/jpeg', 'ffd8ff']);
  expect(await start('thumbnail.gif?duration=1s')).toEqual(['image/gif', '474946']);
});

test('a private video needs a token everywhere', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, key } = await makeKey();
  const token = tokenOf({ sub: uid, kid: id, exp: inSeconds(60) }, key, { alg: 'RS256', kid: id });
  for (const path of [
    ...['manifest/video.m3u8', 'manifest/video.mpd', 'thumbnails/thumbnail.jpg', 'thumbnails/thumbnail.gif'],
    ...['iframe', 'watch'],
  ]) {
    expect([path, await play(`${uid}/${path}`)]).toEqual([path, 401]);
    expect([path, await play(`${token}/${path}`)]).toEqual([path, 200]);
  }
  const stream = await followHls(`${emulator.playbackOrigin}/${token}/manifest/video.m3u8`);
  expect((await videoFactsOf(stream.bytes)).widthPixels).toBe(320);
  expect(await play(`${uid}/manifest/video.m3u8?token=${token}`)).toBe(401);
  clock.advance(60_000);
  expect(await play(`${token}/manifest/video.m3u8`)).toBe(401);
});

test('tokens with any error are refused', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, key } = await makeKey();
  const header = { alg: 'RS256', kid: id };
  const claims = { sub: uid, kid: id, exp: inSeconds(60) };
  const foreign = (await makeKeyPair()).privateKey;
  const good = tokenOf(claims, key, header);
  const other = await readyVideo({ requireSignedURLs: true });
  const [head, , signature] = good.split('.');
  const swapped = Buffer.from(JSON.stringify({ ...claims, sub: other })).toString('base64url');
  const tokens = {
    good,
    stringTimes: tokenOf({ ...claims, exp: String(claims.exp) }, key, header),
    foreign: tokenOf(claims, foreign, header),
    unknownKey: tokenOf(claims, key, { alg: 'RS256', kid: 'unknown' }),
    otherAlgorithm: tokenOf(claims, key, { ...header, alg: 'RS512' }),
    otherVideo: `${head}.${swapped}.${signature}`,
    none: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${swapped}.`,
    fromNow: tokenOf({ ...claims, nbf: inSeconds(0) }, key, header),
    notYet: tokenOf({ ...claims, nbf: inSeconds(1) }, key, header),
    aDay: tokenOf({ ...claims, exp: inSeconds(24 * 3600) }, key, header),
    fourParts: `${good}.x`,
    noEnd: tokenOf({ sub: uid, kid: id }, key, header),
    tooLong: tokenOf({ ...claims, exp: inSeconds(24 * 3600 + 1) }, key, header),
    garbage: 'a.b.c',
  };
  const statuses = await Promise.all(
    Object.entries(tokens).map(async ([name, token]) => [name, await play(`${token}/manifest/video.m3u8`)]),
  );
  expect(Object.fromEntries(statuses)).toEqual({
    ...Object.fromEntries(Object.keys(tokens).map((name) => [name, 401])),
    good: 200,
    stringTimes: 200,
    fromNow: 200,
    aDay: 200,
  });
  expect((await client.api('DELETE', `/keys/${id}`)).body.result).toBe('Revoked');
  expect(await play(`${good}/manifest/video.m3u8`)).toBe(401);
});

test('the first access rule that matches decides', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, key } = await makeKey();
  const withRules = (accessRules: unknown) =>
    tokenOf({ sub: uid, kid: id, exp: inSeconds(60), accessRules }, key, { alg: 'RS256', kid: id });
  const british = withRules([
    { type: 'ip.geoip.country', action: 'allow', country: ['GB'] },
    { type: 'ip.src', action: 'allow', ip: ['10.0.0.0/8', '2400:cb00::/32'] },
    { type: 'any', action: 'block' },
  ]);
  const path = `${british}/manifest/video.m3u8`;
  expect(await play(path, { 'CF-IPCountry': 'GB' })).toBe(200);
  expect(await play(path, { 'CF-IPCountry': 'FR' })).toBe(403);
  expect(await play(path, { 'CF-Connecting-IP': '10.1.2.3' })).toBe(200);
  expect(await play(path, { 'CF-Connecting-IP': '2400:cb00::1' })).toBe(200);
  const open = withRules([{ type: 'ip.geoip.country', action: 'block', country: ['FR'] }]);
  expect(await play(`${open}/manifest/video.m3u8`, { 'CF-IPCountry': 'GB' })).toBe(200);
  const onlyV4 = withRules([
    { type: 'ip.src', action: 'allow', ip: ['10.0.0.0/8'] },
    { type: 'any', action: 'block' },
  ]);
  expect(await play(`${onlyV4}/manifest/video.m3u8`, { 'CF-Connecting-IP': '2400:cb00::1' })).toBe(403);
  const malformed = [
    { type: 'ip.src', action: 'block', ip: ['10.0.0.0/33'] },
    { type: 'ip.src', action: 'block', ip: ['nowhere'] },
    { type: 'ip.geoip.country', action: 'block', country: 'GB' },
    { type: 'any', action: 'maybe' },
    { type: 'sun', action: 'allow' },
    null,
  ];
  for (const rule of malformed) {
    const token = withRules([{ type: 'any', action: 'allow' }, rule]);
    expect([rule, await play(`${token}/manifest/video.m3u8`)]).toEqual([rule, 401]);
  }
  const six = withRules(Array.from({ length: 6 }, () => ({ type: 'any', action: 'allow' })));
  expect(await play(`${six}/manifest/video.m3u8`)).toBe(401);
});

test('only allowed origins may read', async () => {
  const allowedOrigins = ['*.a.example', 'b.example', 'localhost:3000', 'C.example:443', 'localhost:80'];
  const uid = await readyVideo({ allowedOrigins });
  const expected = {
    'https://x.a.example': 200,
    'https://x.y.a.example': 200,
    'https://a.example': 403,
    'https://nota.example': 403,
    'https://b.example': 200,
    'https://www.b.example': 403,
    'https://b.example.evil.example': 403,
    'https://b.example:8443': 403,
    'http://localhost:3000': 200,
    'http://localhost:3001': 403,
    'http://localhost': 200,
    'https://localhost': 403,
    'https://c.example': 200,
    'http://c.example': 403,
    null: 403,
  };
  const statuses: Record<string, number> = {};
  for (const origin of Object.keys(expected))
    statuses[origin] = await play(`${uid}/manifest/video.m3u8`, { Origin: origin });
  expect(statuses).toEqual(expected);
  expect(await play(`${uid}/thumbnails/thumbnail.jpg`, { Referer: 'https://b.example/page?x=1' })).toBe(200);
  expect(await play(`${uid}/iframe`, { Referer: 'https://d.example/' })).toBe(403);
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(403);
});

test('the token endpoint signs, also with a key of the request', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, pem } = await makeKey();
  for (const body of [{}, { id, pem, exp: inSeconds(100) }]) {
    const { result } = (await client.api('POST', `/${uid}/token`, body)).body;
    expect(await play(`${result['token']}/manifest/video.m3u8`)).toBe(200);
  }
  expect((await client.api('POST', `/${uid}/token`, { id })).status).toBe(400);
  expect((await client.api('POST', `/${uid}/token`, { exp: inSeconds(90_000) })).status).toBe(400);
});

test('downloads are created on request, and need a token that allows them', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const made = await client.api('POST', `/${uid}/downloads`);
  expect(made.body.result['default']).toMatchObject({ status: 'inprogress', percentComplete: 0 });
  const { id, key } = await makeKey();
  const claims = { sub: uid, kid: id, exp: inSeconds(60) };
  const plain = tokenOf(claims, key, { alg: 'RS256', kid: id });
  const downloadable = tokenOf({ ...claims, downloadable: true }, key, { alg: 'RS256', kid: id });
  expect(await play(`${downloadable}/downloads/default.mp4`)).toBe(404);
  clock.advance(2000);
  expect((await client.api('GET', `/${uid}/downloads`)).body.result['default']).toMatchObject({ status: 'ready' });
  expect(await play(`${plain}/downloads/default.mp4`)).toBe(401);
  const response = await fetch(`${emulator.playbackOrigin}/${downloadable}/downloads/default.mp4?filename=lesson-1`);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="lesson-1.mp4"');
  expect((await videoFactsOf(new Uint8Array(await response.arrayBuffer()))).seconds).toBeCloseTo(3, 0);
  expect(await play(`${downloadable}/downloads/default.mp4?filename=a%22b`)).toBe(400);
  await client.api('POST', `/${uid}/downloads/audio`);
  await emulator.finishProcessing();
  expect(await play(`${downloadable}/downloads/audio.m4a`)).toBe(200);
});

test('a video without sound has no sound to download', async () => {
  const uid = await emulator.addVideo(await loopedVideo(await fixtures.moovFirst.read(), 1));
  await client.api('POST', `/${uid}/downloads/audio`);
  clock.advance(60_000);
  expect((await client.api('GET', `/${uid}/downloads`)).body.result['audio']).toMatchObject({ status: 'error' });
  expect(await play(`${uid}/downloads/audio.m4a`)).toBe(404);
  expect(await play(`${uid}/downloads/constructor`)).toBe(404);
});

test('files are served in ranges, and without a body for HEAD', async () => {
  const uid = await readyVideo();
  await client.api('POST', `/${uid}/downloads`);
  clock.advance(2000);
  const url = `${emulator.playbackOrigin}/${uid}/downloads/default.mp4`;
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
  const part = await fetch(url, { headers: { Range: 'bytes=4-7' } });
  expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
  expect(part.headers.get('content-range')).toBe(`bytes 4-7/${whole.length}`);
  expect((await fetch(url, { headers: { Range: `bytes=${whole.length}-` } })).status).toBe(416);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.headers.get('content-length'), await head.text()]).toEqual([String(whole.length), '']);
});

test('the private part of a key is returned once, and an account has a maximum number of keys', async () => {
  const first = await client.api('POST', '/keys');
  expect(Buffer.from(String(first.body.result['pem']), 'base64').toString()).toMatch(
    /^-----BEGIN RSA PRIVATE KEY-----/,
  );
  const jwk = JSON.parse(Buffer.from(String(first.body.result['jwk']), 'base64').toString());
  expect(jwk).toMatchObject({
    use: 'sig',
    kty: 'RSA',
    alg: 'RS256',
    kid: first.body.result['id'],
    d: expect.any(String),
  });
  await emulator.createSigningKey();
  const { result } = (await client.api('GET', '/keys')).body;
  expect(Object.values(result).map((key) => Object.keys(key as object).sort())).toEqual([
    ['created', 'id', 'key_id'],
    ['created', 'id', 'key_id'],
  ]);
  const third = await client.api('POST', '/keys');
  expect([third.status, third.body.errors[0]?.code]).toEqual([400, 10005]);
  await expect(emulator.createSigningKey()).rejects.toThrow('at most 2 keys');
  await client.api('DELETE', `/keys/${first.body.result['id']}`);
  expect((await client.api('POST', '/keys')).status).toBe(200);
});

test('a video that is not ready or was deleted is not found', async () => {
  const uid = await client.upload(await openAsBlob(fixtures.moovFirst.path));
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(404);
  await emulator.finishProcessing();
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(200);
  await client.api('DELETE', `/${uid}`);
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(404);
});
