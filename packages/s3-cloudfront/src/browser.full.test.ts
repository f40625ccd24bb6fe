import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Playback, RateLimiter, type UploadTicket } from '@videostorage/core';
import { CloudFrontEmulator, S3Emulator, TcpFaultProxy } from '@videostorage/emulators';
import { fixtures } from '@videostorage/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair } from '../test-support/key-pairs.ts';
import type { CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const require = createRequire(import.meta.url);
const MEBIBYTE = 1024 * 1024;
const LARGE_BYTES = 200_000_000;
const UPLOAD_ID = '0123456789abcdef0123456789abcdef';
const user = { userId: 'student-1' };
const executablePath = process.env['VIDEOSTORAGE_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';
const canPlayHere = existsSync(executablePath) && spawnSync('ffmpeg', ['-version']).status === 0;

let folder: string;
let browser: Browser;
let host: Server;
let origin: string;
let s3: S3Emulator;
let proxy: TcpFaultProxy;
let cloudFront: CloudFrontEmulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-s3-browser-'));
  const hls = await readFile(require.resolve('hls.js/dist/hls.min.js'));
  host = createServer((request, response) => {
    const isScript = request.url === '/hls.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? hls : '<input type="file"><video muted></video><script src="/hls.js"></script>');
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const allowedMethods = ['POST', 'PUT', 'GET', 'HEAD'];
  s3 = await S3Emulator.start({
    cors: [{ allowedOrigins: [origin], allowedMethods, allowedHeaders: ['*'], exposeHeaders: ['ETag'] }],
  });
  proxy = await TcpFaultProxy.start(Number(new URL(s3.endpoint).port));
  const pem = (pair: typeof ecKeyPair) => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  cloudFront = await CloudFrontEmulator.start({
    origin: { endpoint: s3.endpoint, bucket: s3.bucket, region: s3.region, ...credentialsOf(s3) },
    publicKeys: { [ecKeyPair.keyPairId]: pem(ecKeyPair), [rsaKeyPair.keyPairId]: pem(rsaKeyPair) },
    allowedOrigins: [origin],
    invalidationDelayMs: 300,
  });
  browser = await chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  await cloudFront?.stop();
  await proxy?.stop();
  await s3?.stop();
  host?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!canPlayHere)('uploads from Chromium', () => {
  test('200 MB in parallel parts over a connection that breaks twice: the same bytes arrive', async () => {
    const path = await makeLargeFile();
    const storage = makeStorage({}, { endpoint: proxy.origin, multipartThresholdBytes: 100 * MEBIBYTE });
    const ticket = await storage.getUploadUrl(request('large.mp4', LARGE_BYTES));
    const page = await newPage();
    await page.exposeFunction('signPart', async (partNumber: number) => {
      const [part] = await storage.multipart.signParts(ticket.uploadReference, [partNumber], user);
      return part;
    });
    await page.locator('input').setInputFiles(path);
    proxy.cutAfterUpload(30_000_000);
    proxy.cutAfterUpload(20_000_000);
    await page.evaluate(sendPartsInParallel, ticket);
    expect(proxy.cutCount).toBe(2);
    const video = await storage.confirmUpload(ticket.uploadReference, user);
    expect(video).toMatchObject({ status: 'ready', sizeBytes: LARGE_BYTES });
    const { url } = await storage.getPlaybackUrl(video.videoId);
    const hash = createHash('sha256');
    for await (const chunk of (await fetch(url)).body ?? []) hash.update(chunk as Uint8Array);
    expect(hash.digest('hex')).toBe(await sha256Of(path));
    await page.context().close();
  });

  test('one POST reports its progress, and the bytes that arrive are the file’s', async () => {
    const storage = makeStorage({});
    const bytes = await fixtures.moovFirst.read();
    const ticket = await storage.getUploadUrl(request('film.mp4', bytes.length));
    const page = await newPage();
    await page.locator('input').setInputFiles(fixtures.moovFirst.path);
    const { status, shares } = await page.evaluate(sendForm, ticket);
    expect(status).toBe(201);
    expect(shares.at(-1)).toBe(1);
    const video = await storage.confirmUpload(ticket.uploadReference, user);
    const delivered = await fetch((await storage.getPlaybackUrl(video.videoId)).url);
    expect(Buffer.from(await delivered.arrayBuffer()).equals(bytes)).toBe(true);
    await page.context().close();
  });
});

describe.skipIf(!canPlayHere)('HLS in Chromium', () => {
  test.each([
    ['query', ecKeyPair, 'SHA256'],
    ['query', rsaKeyPair, 'SHA1'],
    ['cookies', ecKeyPair, 'SHA256'],
    ['cookies', rsaKeyPair, 'SHA1'],
  ] as const)('by %s plays, and nothing plays without the grant', async (hlsAccess, pair, hashAlgorithm) => {
    await putHls();
    const keyPairs = [{ keyPairId: pair.keyPairId, privateKey: pair.pem }];
    const storage = makeStorage({ hlsAccess, keyPairs, hashAlgorithm });
    const playback = await storage.getPlaybackUrl(`${UPLOAD_ID}-mp4`, { kind: 'hls' });
    const page = await newPage();
    expect(await page.evaluate(playHls, { ...playback, access: 'url' } as Playback)).toBe(0);
    if (playback.access === 'cookies') {
      const cookies = (playback.cookies ?? []).map(({ name, value, path }) => ({
        name,
        value,
        path,
        domain: '127.0.0.1',
      }));
      await page.context().addCookies(cookies);
    }
    expect(await page.evaluate(playHls, playback)).toBeGreaterThan(0.5);
    await page.context().close();
  });

  test('after a delete the old grant is refused, once the edges are purged', async () => {
    await putHls();
    const storage = makeStorage({});
    const playback = await storage.getPlaybackUrl(`${UPLOAD_ID}-mp4`, { kind: 'hls' });
    if (playback.access !== 'query') throw new TypeError('A query was expected.');
    const url = `${playback.url}?${playback.signedQuery}`;
    expect((await fetch(url)).status).toBe(200);
    expect(await storage.deleteVideo(`${UPLOAD_ID}-mp4`)).toEqual({ purged: false });
    expect((await fetch(url)).status).toBe(200);
    await expect.poll(() => storage.deleteVideo(`${UPLOAD_ID}-mp4`), { timeout: 5000 }).toEqual({ purged: true });
    expect([403, 404]).toContain((await fetch(url)).status);
  });
});

/** Runs in the page: four parts at a time, each tried again when the connection breaks. */
async function sendPartsInParallel(ticket: UploadTicket): Promise<void> {
  if (ticket.protocol !== 'multipart') throw new TypeError('Parts were expected.');
  const { partCount, partSizeBytes } = ticket;
  const [file] = [...(document.querySelector('input')?.files ?? [])];
  const { signPart } = window as unknown as { signPart(partNumber: number): Promise<{ url: string }> };
  let next = 1;
  const worker = async () => {
    for (let number = next++; number <= partCount; number = next++) {
      const body = file?.slice((number - 1) * partSizeBytes, number * partSizeBytes);
      for (let attempt = 1; ; attempt++) {
        const { url } = await signPart(number);
        const response = await fetch(url, { method: 'PUT', body: body ?? null }).catch(() => undefined);
        if (response?.ok) break;
        if (attempt === 5) throw new Error(`part ${number}: ${response?.status}`);
      }
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

/** Runs in the page. */
async function sendForm(ticket: UploadTicket): Promise<{ status: number; shares: number[] }> {
  if (ticket.protocol !== 'post') throw new TypeError('A form was expected.');
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  const [file] = [...(document.querySelector('input')?.files ?? [])];
  if (file !== undefined) form.append(ticket.fileField, file);
  return new Promise((resolve, reject) => {
    const shares: number[] = [];
    const xhr = new XMLHttpRequest();
    xhr.open('POST', ticket.url);
    xhr.upload.onprogress = (event) => shares.push(event.loaded / event.total);
    xhr.onload = () => resolve({ status: xhr.status, shares });
    xhr.onerror = () => reject(new Error('The form was refused.'));
    xhr.send(form);
  });
}

/** Runs in the page: how far the video has played after a while. */
async function playHls(playback: Playback): Promise<number> {
  const video = document.querySelector('video');
  const { Hls } = window as unknown as {
    Hls: new (options: object) => { loadSource(url: string): void; attachMedia(video: unknown): void; destroy(): void };
  };
  const xhrSetup = (xhr: XMLHttpRequest, url: string) => {
    if (playback.access === 'cookies') xhr.withCredentials = true;
    if (playback.access === 'query') xhr.open('GET', `${url}?${playback.signedQuery}`, true);
  };
  const hls = new Hls({ xhrSetup });
  hls.loadSource(playback.url);
  hls.attachMedia(video);
  const started = performance.now();
  while (performance.now() - started < 2500) {
    // Its promise stays open while nothing can be loaded.
    void video?.play().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    if ((video?.currentTime ?? 0) > 0.5) break;
  }
  const seconds = video?.currentTime ?? 0;
  hls.destroy();
  return seconds;
}

function makeStorage(
  cloudFrontOptions: Partial<CloudFrontOptions>,
  options: Partial<ConstructorParameters<typeof S3CloudFrontStorage>[0]> = {},
): S3CloudFrontStorage {
  return new S3CloudFrontStorage({
    bucket: s3.bucket,
    region: s3.region,
    endpoint: s3.endpoint,
    credentials: credentialsOf(s3),
    cloudFront: {
      baseUrl: cloudFront.endpoint,
      endpoint: cloudFront.endpoint,
      distributionId: cloudFront.distributionId,
      keyPairs: [{ keyPairId: ecKeyPair.keyPairId, privateKey: ecKeyPair.pem }],
      ...cloudFrontOptions,
    },
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    ...options,
  });
}

async function newPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(origin);
  return page;
}

function request(fileName: string, sizeBytes: number) {
  return { ...user, contextId: 'assignment-1', fileName, sizeBytes, mimeType: 'video/mp4' };
}

function credentialsOf({ accessKeyId, secretAccessKey }: S3Emulator) {
  return { accessKeyId, secretAccessKey };
}

/** A real video, then noise. */
async function makeLargeFile(): Promise<string> {
  const path = join(folder, 'large.mp4');
  const file = await open(path, 'w');
  const video = await fixtures.moovFirst.read();
  await file.write(video);
  for (let rest = LARGE_BYTES - video.length; rest > 0; rest -= 10_000_000) {
    await file.write(randomFillSync(Buffer.alloc(Math.min(rest, 10_000_000))));
  }
  await file.close();
  return path;
}

/** Renditions below a video's prefix, as an encoder would store them. */
async function putHls(): Promise<void> {
  const out = await mkdtemp(join(folder, 'hls-'));
  const source = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=320x180:rate=25',
    '-t',
    '6',
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '25',
  ];
  const hls = [
    '-f',
    'hls',
    '-hls_time',
    '1',
    '-hls_playlist_type',
    'vod',
    '-hls_segment_filename',
    join(out, 's%d.ts'),
    join(out, 'master.m3u8'),
  ];
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...source, ...hls]);
  const { endpoint, region } = s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials: credentialsOf(s3),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  for (const name of await readdir(out)) {
    const type = name.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp2t';
    const Key = `videos/${UPLOAD_ID}/hls/${name}`;
    await client.send(
      new PutObjectCommand({ Bucket: s3.bucket, Key, Body: await readFile(join(out, name)), ContentType: type }),
    );
  }
  client.destroy();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
