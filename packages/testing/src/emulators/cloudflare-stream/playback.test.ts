import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StreamTestClient } from '../../../test-support/stream-test-client.ts';
import { fixtures } from '../../fixtures.ts';
import { ManualClock } from '../../manual-clock.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
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

/** Follows a manifest to all it names, and puts the first stream together. */
async function follow(manifestUrl: string): Promise<{ bytes: Uint8Array; statuses: number[] }> {
  const statuses: number[] = [];
  const get = async (url: URL, range?: string) => {
    const response = await fetch(url, range === undefined ? {} : { headers: { Range: range } });
    statuses.push(response.status);
    return Buffer.from(await response.arrayBuffer());
  };
  const master = (await get(new URL(manifestUrl))).toString('utf8');
  const media = master.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const mediaUrl = new URL(media, manifestUrl);
  const lines = (await get(mediaUrl)).toString('utf8').split('\n');
  const parts: Buffer[] = [];
  let range: string | undefined;
  for (const line of lines) {
    const map = /^#EXT-X-MAP:URI="([^"]+)"(?:,BYTERANGE="(\d+)@(\d+)")?/.exec(line);
    const byteRange = /^#EXT-X-BYTERANGE:(\d+)@(\d+)/.exec(line);
    const asRange = (length?: string, start?: string) =>
      length === undefined ? undefined : `bytes=${start}-${Number(start) + Number(length) - 1}`;
    if (map !== null) parts.push(await get(new URL(map[1] ?? '', mediaUrl), asRange(map[2], map[3])));
    else if (byteRange !== null) range = asRange(byteRange[1], byteRange[2]);
    else if (line !== '' && !line.startsWith('#')) parts.push(await get(new URL(line, mediaUrl), range));
  }
  return { bytes: Buffer.concat(parts), statuses };
}

async function factsOf(bytes: Uint8Array): Promise<{ seconds: number; width: number | undefined }> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const track = await input.getPrimaryVideoTrack();
  return { seconds: await input.computeDuration(), width: await track?.getDisplayWidth() };
}

describe.each([
  ['with ffmpeg', true],
  ['without ffmpeg', false],
])('HLS %s', (_name, useFfmpeg) => {
  test('names fragments that together are the video', async () => {
    await emulator.stop();
    emulator = await CloudflareStreamEmulator.start({ clock, useFfmpeg });
    client = new StreamTestClient(emulator);
    const uid = await readyVideo();
    const { bytes, statuses } = await follow(`${emulator.playbackOrigin}/${uid}/manifest/video.m3u8`);
    expect(statuses.every((status) => status === 200 || status === 206)).toBe(true);
    const facts = await factsOf(bytes);
    expect(facts.seconds).toBeCloseTo(3, 0);
    expect(facts.width).toBe(320);
    const picture = await fetch(
      `${emulator.playbackOrigin}/${uid}/thumbnails/thumbnail.jpg?height=90&width=160&time=1s`,
    );
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(0, 2)
        .toString('hex'),
    ).toBe('ffd8');
    expect(await play(`${uid}/thumbnails/thumbnail.gif?duration=1s`)).toBe(200);
  });
});

test('DASH names the same fragments', async () => {
  const uid = await readyVideo();
  const response = await fetch(`${emulator.playbackOrigin}/${uid}/manifest/video.mpd`);
  expect(await response.text()).toContain('<MPD');
});

test('a private video needs a token everywhere', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, key } = await makeKey();
  const token = tokenOf({ sub: uid, kid: id, exp: inSeconds(60) }, key, { alg: 'RS256', kid: id });
  for (const path of ['manifest/video.m3u8', 'thumbnails/thumbnail.jpg']) {
    expect(await play(`${uid}/${path}`)).toBe(401);
    expect(await play(`${token}/${path}`)).toBe(200);
  }
  const { bytes } = await follow(`${emulator.playbackOrigin}/${token}/manifest/video.m3u8`);
  expect((await factsOf(bytes)).width).toBe(320);
  clock.advance(60_000);
  expect(await play(`${token}/manifest/video.m3u8`)).toBe(401);
});

test('tokens that are wrong in any way are refused', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, key } = await makeKey();
  const header = { alg: 'RS256', kid: id };
  const claims = { sub: uid, kid: id, exp: inSeconds(60) };
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const good = tokenOf(claims, key, header);
  const other = await readyVideo({ requireSignedURLs: true });
  const [head, , signature] = good.split('.');
  const swapped = Buffer.from(JSON.stringify({ ...claims, sub: other })).toString('base64url');
  const tokens = {
    good,
    stringTimes: tokenOf({ ...claims, exp: String(claims.exp) }, key, header),
    foreign: tokenOf(claims, foreign, header),
    unknownKey: tokenOf(claims, key, { alg: 'RS256', kid: 'unknown' }),
    otherVideo: `${head}.${swapped}.${signature}`,
    none: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${swapped}.`,
    notYet: tokenOf({ ...claims, nbf: inSeconds(30) }, key, header),
    noEnd: tokenOf({ sub: uid, kid: id }, key, header),
    tooLong: tokenOf({ ...claims, exp: inSeconds(24 * 3600 + 60) }, key, header),
    garbage: 'a.b.c',
  };
  const statuses = await Promise.all(
    Object.entries(tokens).map(async ([name, token]) => [name, await play(`${token}/manifest/video.m3u8`)]),
  );
  expect(Object.fromEntries(statuses)).toEqual({
    ...Object.fromEntries(Object.keys(tokens).map((name) => [name, 401])),
    good: 200,
    stringTimes: 200,
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
  const six = withRules(Array.from({ length: 6 }, () => ({ type: 'any', action: 'allow' })));
  expect(await play(`${six}/manifest/video.m3u8`)).toBe(401);
});

test('only allowed origins read', async () => {
  const uid = await readyVideo({ allowedOrigins: ['*.a.example', 'b.example', 'localhost:3000'] });
  const statuses: Record<string, number> = {};
  const origins = ['https://x.a.example', 'https://a.example', 'https://b.example', 'https://www.b.example'];
  for (const origin of [...origins, 'http://localhost:3000', 'http://localhost'])
    statuses[origin] = await play(`${uid}/manifest/video.m3u8`, { Origin: origin });
  expect(Object.values(statuses)).toEqual([200, 403, 200, 403, 200, 403]);
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(403);
});

test('the token endpoint signs, also with a key that is handed in', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  const { id, pem } = await makeKey();
  for (const body of [{}, { id, pem, exp: inSeconds(100) }]) {
    const { result } = (await client.api('POST', `/${uid}/token`, body)).body;
    expect(await play(`${result['token']}/manifest/video.m3u8`)).toBe(200);
  }
  expect((await client.api('POST', `/${uid}/token`, { id })).status).toBe(400);
  expect((await client.api('POST', `/${uid}/token`, { exp: inSeconds(90_000) })).status).toBe(400);
});

test('downloads are made on request, and need a token that says so', async () => {
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
  expect((await factsOf(new Uint8Array(await response.arrayBuffer()))).seconds).toBeCloseTo(3, 0);
  expect(await play(`${downloadable}/downloads/default.mp4?filename=a%22b`)).toBe(400);
  await client.api('POST', `/${uid}/downloads/audio`);
  await emulator.finishProcessing();
  expect(await play(`${downloadable}/downloads/audio.m4a`)).toBe(200);
});

test('what is not ready or was deleted is not found', async () => {
  const uid = await client.upload(await openAsBlob(fixtures.moovFirst.path));
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(404);
  await emulator.finishProcessing();
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(200);
  await client.api('DELETE', `/${uid}`);
  expect(await play(`${uid}/manifest/video.m3u8`)).toBe(404);
});
