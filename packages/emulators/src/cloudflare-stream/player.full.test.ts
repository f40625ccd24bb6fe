import { openAsBlob } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixtures } from '@videostorage/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

const EVENTS = [
  ...[
    'abort',
    'canplay',
    'canplaythrough',
    'durationchange',
    'emptied',
    'ended',
    'error',
    'loadeddata',
    'loadedmetadata',
  ],
  ...[
    'loadstart',
    'pause',
    'play',
    'playing',
    'progress',
    'ratechange',
    'resize',
    'seeked',
    'seeking',
    'stalled',
    'suspend',
  ],
  ...['timeupdate', 'volumechange', 'waiting', 'stream-adstart', 'stream-adend', 'stream-adtimeout'],
];
const VAST = '<VAST version="3.0"><Ad id="1"><InLine></InLine></Ad></VAST>';
let browser: Browser;
let host: Server;
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
let page: Page;
let body = '';

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['VIDEOSTORAGE_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    ],
  });
  host = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.url === '/vast.xml') response.writeHead(200, { 'Content-Type': 'application/xml' }).end(VAST);
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end(body);
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
  // The frame loads after the listeners are added: events of a frame that loads faster than the script would be missed.
  body = `<!doctype html><iframe allow="autoplay"></iframe>
    <script src="${playbackOrigin}/embed/sdk.latest.js"></script>
    <script>
      window.seen = [];
      window.player = Stream(document.querySelector('iframe'));
      for (const type of ${JSON.stringify(EVENTS)}) player.addEventListener(type, (event) => seen.push(event.type));
      document.querySelector('iframe').src = '${playbackOrigin}/${idOrToken}/iframe${query}';
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
  const expected = [
    ...[
      'loadstart',
      'durationchange',
      'loadedmetadata',
      'loadeddata',
      'canplay',
      'canplaythrough',
      'progress',
      'resize',
    ],
    ...['play', 'playing', 'timeupdate', 'pause', 'volumechange', 'seeking', 'seeked', 'ended'],
  ];
  expect(seen).toEqual(expect.arrayContaining(expected));
  expect(seen).not.toContain('error');
});

test('every documented property can be read, and those that are not read-only can be set', async () => {
  const uid = await readyVideo();
  await embed(uid, '?muted');
  await page.waitForFunction('player.duration > 0');
  const readOnly = ['buffered', 'duration', 'ended', 'paused', 'played', 'videoHeight', 'videoWidth'];
  expect(await page.evaluate(`${JSON.stringify(readOnly)}.map((name) => typeof player[name])`)).toEqual([
    ...['object', 'number', 'boolean', 'boolean', 'object', 'number', 'number'],
  ]);
  await page.evaluate('player.play()');
  await page.waitForFunction('player.played.length === 1 && player.played.end(0) > 0 && player.buffered.end(0) > 0');
  await page.evaluate('player.pause()');
  const duration = await page.evaluate('player.duration');
  await page.evaluate('player.duration = 99');
  const settings: Record<string, unknown> = {
    ...{
      autoplay: true,
      controls: false,
      currentTime: 1.5,
      loop: true,
      muted: false,
      playbackRate: 2,
      preload: 'auto',
    },
    ...{ volume: 0.25, letterboxColor: 'rgb(1, 2, 3)', primaryColor: 'rgb(4, 5, 6)', defaultTextTrack: 'en' },
    poster: `${emulator.playbackOrigin}/${uid}/thumbnails/thumbnail.jpg?time=1s`,
    adUrl: 'http://127.0.0.1:9/vast.xml',
  };
  await page.evaluate(`Object.assign(player, ${JSON.stringify(settings)})`);
  await page.waitForFunction("seen.includes('ratechange') && seen.includes('seeked')");
  const frame = page.frames().at(-1);
  const inside = await frame?.evaluate(`(() => {
    const { autoplay, controls, currentTime, loop, muted, playbackRate, preload, volume, poster } = document.querySelector('video');
    return { autoplay, controls, currentTime, loop, muted, playbackRate, preload, volume, poster,
      letterboxColor: document.body.style.background, primaryColor: document.querySelector('video').style.accentColor };
  })()`);
  const { defaultTextTrack, adUrl, ...visible } = settings;
  expect(inside).toEqual(visible);
  const names = JSON.stringify(Object.keys(settings));
  expect(await page.evaluate(`Object.fromEntries(${names}.map((name) => [name, player[name]]))`)).toEqual(settings);
  expect([defaultTextTrack, adUrl, await page.evaluate('player.src')]).toEqual(['en', settings['adUrl'], uid]);
  expect(await page.evaluate('player.duration')).toBe(duration);
});

test('listeners can be removed, called once, and fail without harm to others', async () => {
  await embed(await readyVideo(), '?muted');
  await page.evaluate(`
    window.heard = [];
    const removed = () => heard.push('removed');
    player.addEventListener('volumechange', () => { throw new Error('a listener of the host'); });
    player.addEventListener('volumechange', removed);
    player.removeEventListener('volumechange', removed);
    player.addEventListener('volumechange', (event) => heard.push(event.target === player), { once: true });
    player.addEventListener('volumechange', { handleEvent: () => heard.push('object') });
    player.volume = 0.5;
  `);
  await page.waitForFunction("heard.includes('object')");
  await page.evaluate('player.volume = 0.6');
  await page.waitForFunction("heard.filter((each) => each === 'object').length === 2");
  expect(await page.evaluate('heard')).toEqual([true, 'object', 'object']);
  expect(await page.evaluate("Stream(document.querySelector('iframe')) === player")).toBe(true);
  expect(await page.evaluate("(() => { try { Stream('x'); } catch (error) { return error.name; } })()")).toBe(
    'TypeError',
  );
});

test('play is refused when the browser refuses it; an unplayable source is an error event', async () => {
  await embed(await readyVideo());
  await page.waitForFunction('player.duration > 0');
  const refused = page.evaluate('player.play().catch((error) => error.name)');
  await page.evaluate("player.src = 'unknown'");
  await page.waitForFunction("seen.includes('error')");
  expect(['AbortError', undefined]).toContain(await refused);
  expect(await page.evaluate('player.play().catch((error) => error.name)')).toBe('NotSupportedError');
});

test.each([
  ['/vast.xml', ['stream-adstart', 'stream-adend']],
  ['/', ['stream-adtimeout']],
])('an advertisement at %s is reported', async (path, expected) => {
  const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  await embed(await readyVideo(), `?muted=true&ad-url=${encodeURIComponent(`${origin}${path}`)}`);
  await page.evaluate('player.play()');
  await page.waitForFunction(`seen.includes('${expected.at(-1)}')`);
  const seen: unknown = await page.evaluate("seen.filter((type) => type.startsWith('stream-'))");
  expect(seen).toEqual(expected);
});

test('query parameters control the player', async () => {
  const uid = await readyVideo();
  await embed(
    uid,
    '?autoplay=true&muted=true&loop=true&controls=false&startTime=0m1s&preload=auto&letterboxColor=transparent',
  );
  await page.waitForFunction('player.currentTime >= 1');
  expect(await page.evaluate('[player.autoplay, player.muted, player.loop, player.controls, player.preload]')).toEqual([
    ...[true, true, true, false, 'auto'],
  ]);
  expect(await page.evaluate('[player.letterboxColor, player.paused]')).toEqual(['transparent', false]);
  await embed(uid, `?poster=${encodeURIComponent(`${emulator.playbackOrigin}/x.jpg`)}&primaryColor=red`);
  await page.waitForFunction('player.duration > 0');
  expect(
    await page.evaluate('[player.poster, player.primaryColor, player.controls, player.paused, player.autoplay]'),
  ).toEqual([...[`${emulator.playbackOrigin}/x.jpg`, 'red', true, true, false]]);
  // A parameter counts by its presence, whatever its value is.
  await embed(uid, '?autoplay=false&muted=true');
  await page.waitForFunction('player.currentTime > 0');
});

test('a token can be replaced without loading the page again', async () => {
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
  expect(emulator.requests.some((each) => each.startsWith(`GET /${next}/manifest/`))).toBe(true);
  expect(await page.evaluate('player.poster')).toBe(`${emulator.playbackOrigin}/${next}/thumbnails/thumbnail.jpg`);
});

test('the player shows captions, and pictures load as images', async () => {
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

test('only allowed origins may embed', async () => {
  const origin = `127.0.0.1:${(host.address() as AddressInfo).port}`;
  await embed(await readyVideo({ allowedOrigins: [origin] }));
  await page.waitForFunction('player.duration > 0');
  await embed(await readyVideo({ allowedOrigins: ['a.example'] }));
  expect(await page.frames().at(-1)?.evaluate('document.body.innerText')).toContain('403');
});
