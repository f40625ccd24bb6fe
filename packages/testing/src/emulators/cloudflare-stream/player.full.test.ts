import { openAsBlob } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../../test-support/stream-test-client.ts';
import { fixtures } from '../../fixtures.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

let browser: Browser;
let host: Server;
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
let page: Page;
let body = '';

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['VIDEOSTORAGE_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    ],
  });
  host = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(body);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await browser.close();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});
beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start();
  client = new StreamTestClient(emulator);
  page = await browser.newPage();
});
afterEach(async () => {
  await page.close();
  await emulator.stop();
});

async function readyVideo(settings: Record<string, unknown> = {}): Promise<string> {
  const uid = await client.upload(await openAsBlob(fixtures.moovLast.path), settings);
  await emulator.finishProcessing();
  return uid;
}

async function embed(idOrToken: string, query = ''): Promise<string> {
  const { playbackOrigin } = emulator;
  body = `<!doctype html><iframe src="${playbackOrigin}/${idOrToken}/iframe${query}" allow="autoplay"></iframe>
    <script src="${playbackOrigin}/embed/sdk.latest.js"></script>
    <script>
      window.seen = [];
      window.player = Stream(document.querySelector('iframe'));
      for (const type of ['loadedmetadata', 'play', 'playing', 'timeupdate', 'pause', 'seeked', 'ended', 'error', 'volumechange'])
        player.addEventListener(type, () => seen.push(type));
    </script>`;
  const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  await page.goto(origin);
  return origin;
}

test.each([
  ['with ffmpeg', true],
  ['without ffmpeg', false],
])('the embed script plays, seeks, pauses and ends a private video %s', async (_name, useFfmpeg) => {
  await emulator.stop();
  emulator = await CloudflareStreamEmulator.start({ useFfmpeg });
  client = new StreamTestClient(emulator);
  const uid = await readyVideo({ requireSignedURLs: true });
  const token = String((await client.api('POST', `/${uid}/token`)).body.result['token']);
  await embed(token);
  await page.waitForFunction('player.duration > 0');
  await page.evaluate('player.play()');
  await page.waitForFunction('player.currentTime > 0.3');
  expect(await page.evaluate('[player.paused, player.videoWidth, player.videoHeight, player.ended]')).toEqual([
    ...[false, 320, 180, false],
  ]);
  expect(await page.evaluate('Math.abs(player.duration - 3) < 0.2')).toBe(true);
  await page.evaluate('player.pause()');
  await page.waitForFunction("player.paused && seen.includes('pause')");
  await page.evaluate('player.muted = true');
  await page.waitForFunction("seen.includes('volumechange')");
  await page.evaluate('player.currentTime = 2.5');
  await page.waitForFunction("seen.includes('seeked')");
  await page.evaluate('player.play()');
  await page.waitForFunction('player.ended');
  const seen = await page.evaluate('seen');
  expect(seen).toEqual(expect.arrayContaining(['loadedmetadata', 'play', 'playing', 'timeupdate', 'ended']));
  expect(seen).not.toContain('error');
});

test('query parameters steer the player', async () => {
  const uid = await readyVideo();
  await embed(uid, '?autoplay=true&muted=true&loop=true&controls=false&startTime=0m1s');
  await page.waitForFunction('player.currentTime >= 1');
  expect(await page.evaluate('[player.autoplay, player.muted, player.loop, player.controls]')).toEqual([
    ...[true, true, true, false],
  ]);
});

test('a token can be exchanged while the page stays', async () => {
  const uid = await readyVideo({ requireSignedURLs: true });
  await embed(uid);
  const frame = page.frames().at(-1);
  expect(await frame?.evaluate('document.body.innerText')).toContain('401');
  const token = String((await client.api('POST', `/${uid}/token`)).body.result['token']);
  await embed(token);
  await page.waitForFunction('player.duration > 0');
  const next = String(
    (await client.api('POST', `/${uid}/token`, { exp: Math.floor(Date.now() / 1000) + 900 })).body.result['token'],
  );
  await page.evaluate(`player.src = ${JSON.stringify(next)}`);
  await page.evaluate('player.play()');
  await page.waitForFunction('player.currentTime > 0.3');
  expect(emulator.requests).toContain(`GET /${next}/manifest/video.m3u8`);
});

test('captions show in the player, pictures are pictures', async () => {
  const uid = await readyVideo();
  const form = new FormData();
  form.set('file', new Blob(['WEBVTT\n\n00:00.000 --> 00:03.000\nHello\n']), 'en.vtt');
  await client.api('PUT', `/${uid}/captions/en`, form);
  await embed(uid, '?defaultTextTrack=en');
  const frame = page.frames().at(-1);
  await frame?.waitForFunction("document.querySelector('video').textTracks[0]?.cues?.length === 1");
  expect(await frame?.evaluate("document.querySelector('video').textTracks[0].mode")).toBe('showing');
  const sizeOf = (fit: string) =>
    page.evaluate(`new Promise((resolve) => { const image = new Image(); image.onload = () => resolve([image.width, image.height]);
      image.onerror = () => resolve('broken');
      image.src = '${emulator.playbackOrigin}/${uid}/thumbnails/thumbnail.jpg?width=160&height=160&fit=${fit}'; })`);
  expect([await sizeOf('crop'), await sizeOf('clip')]).toEqual([
    [160, 160],
    [160, 90],
  ]);
});

test('only allowed origins embed', async () => {
  const origin = `127.0.0.1:${(host.address() as AddressInfo).port}`;
  await embed(await readyVideo({ allowedOrigins: [origin] }));
  await page.waitForFunction('player.duration > 0');
  await embed(await readyVideo({ allowedOrigins: ['a.example'] }));
  expect(await page.frames().at(-1)?.evaluate('document.body.innerText')).toContain('403');
});
