import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../../test-support/stream-test-client.ts';
import { fixtures } from '../../fixtures.ts';
import { ManualClock } from '../../manual-clock.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
let source: Server;
let sourceOrigin: string;
const clock = new ManualClock();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
  client = new StreamTestClient(emulator);
  source = createServer(async (request, response) => {
    const { size } = await stat(fixtures.moovLast.path);
    const hasRanges = request.url === '/video.mp4';
    if (!['/video.mp4', '/whole.mp4'].includes(request.url ?? '')) response.writeHead(404).end();
    else if (request.method === 'HEAD') response.writeHead(200, { 'Content-Length': size }).end();
    else {
      response.writeHead(hasRanges ? 206 : 200, { 'Content-Length': size });
      createReadStream(fixtures.moovLast.path).pipe(response);
    }
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  sourceOrigin = `http://127.0.0.1:${(source.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await emulator.stop();
  source.closeAllConnections();
  await new Promise((resolve) => source.close(resolve));
});

test('a copy begins as downloading with unknown numbers, and becomes a video', async () => {
  const input = `${sourceOrigin}/video.mp4`;
  const { result } = (await client.api('POST', '/copy', { input, meta: { name: 'Copy' }, requireSignedURLs: true }))
    .body;
  expect(result).toMatchObject({
    ...{ duration: -1, input: { width: -1, height: -1 }, uploadExpiry: null, maxSizeBytes: 0, requireSignedURLs: true },
    ...{ status: { state: 'downloading' }, meta: { name: 'Copy', 'downloaded-from': input } },
    playback: { hls: `${emulator.playbackOrigin}/${result['uid']}/manifest/video.m3u8` },
  });
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${result['uid']}`)).body.result).toMatchObject({ readyToStream: true });
});

test.each(['/missing.mp4', '/whole.mp4'])(
  'a source that does not serve %s as it must ends in an error',
  async (path) => {
    const { result } = (await client.api('POST', '/copy', { url: `${sourceOrigin}${path}` })).body;
    await emulator.finishProcessing();
    expect((await client.api('GET', `/${result['uid']}`)).body.result).toMatchObject({
      status: { state: 'error', errorReasonCode: 'ERR_FETCH_ORIGIN_ERROR' },
    });
  },
);

test('a copy needs a URL', async () => {
  for (const input of ['file:///etc/passwd', 'x', undefined])
    expect((await client.api('POST', '/copy', { input })).body.errors[0]?.code).toBe(10010);
});

test('captions: one for each language, WebVTT only', async () => {
  const { uid } = await client.mint();
  const form = (text: string) => {
    const data = new FormData();
    data.set('file', new Blob([text]), 'x.vtt');
    return data;
  };
  const put = await client.api('PUT', `/${uid}/captions/pt-BR`, form('WEBVTT\n\n'));
  expect(put.body.result).toMatchObject({
    language: 'pt-BR',
    label: 'Brazilian Portuguese',
    generated: false,
    status: 'ready',
  });
  await client.api('PUT', `/${uid}/captions/pt-BR`, form('WEBVTT\n\nagain'));
  expect((await client.api('GET', `/${uid}/captions`)).body.result).toHaveLength(1);
  const file = await fetch(client.url(`/${uid}/captions/pt-BR/vtt`), { headers: client.authorization });
  expect(await file.text()).toBe('WEBVTT\n\nagain');
  expect((await client.api('PUT', `/${uid}/captions/en`, form('1\n00:00'))).status).toBe(400);
  expect((await client.api('PUT', `/${uid}/captions/a_b`, form('WEBVTT'))).status).toBe(400);
  expect((await client.api('POST', `/${uid}/captions/en/generate`)).status).toBe(400);
  expect((await client.api('DELETE', `/${uid}/captions/pt-BR`)).status).toBe(200);
  expect((await client.api('DELETE', `/${uid}/captions/pt-BR`)).status).toBe(404);
});

test('watermarks are profiles that uploads name', async () => {
  const form = new FormData();
  form.set('file', new Blob([PNG]), 'logo.png');
  form.set('name', 'Logo');
  const { result } = (await client.api('POST', '/watermarks', form)).body;
  expect(result).toMatchObject({
    name: 'Logo',
    width: 1,
    height: 1,
    opacity: 1,
    padding: 0.05,
    scale: 0.15,
    position: 'upperRight',
  });
  const { uid } = await client.mint({ watermark: { uid: result['uid'] } });
  expect((await client.api('GET', `/${uid}`)).body.result['watermark']).toMatchObject({ uid: result['uid'] });
  expect(
    (await client.api('POST', '/direct_upload', { maxDurationSeconds: 1, watermark: { uid: 'none' } })).status,
  ).toBe(404);
  await client.api('DELETE', `/watermarks/${result['uid']}`);
  expect((await client.api('GET', `/watermarks/${result['uid']}`)).status).toBe(404);
});

test('more videos than the encoder takes are refused, until some are done', async () => {
  await emulator.stop();
  emulator = await CloudflareStreamEmulator.start({ clock, maxEncodingVideos: 1 });
  client = new StreamTestClient(emulator);
  const file = new Blob([await fixtures.moovFirst.read()]);
  const second = await client.mint();
  await client.upload(file);
  expect(await client.send(second.uploadURL, file)).toBe(429);
  await emulator.finishProcessing();
  expect(await client.send(second.uploadURL, file)).toBe(200);
});

test('scripted faults: before and after the effect, a proxy page, a cut answer', async () => {
  const mint = () => client.api('POST', '/direct_upload', { maxDurationSeconds: 60 });
  const count = async () => Object.keys((await client.api('GET', '')).body.result).length;
  emulator.failNext({ kind: 'reset', when: 'before-effect' });
  await expect(mint()).rejects.toThrow();
  expect(await count()).toBe(0);
  emulator.failNext({ kind: 'reset', when: 'after-effect' });
  await expect(mint()).rejects.toThrow();
  expect(await count()).toBe(1);
  emulator.failNext({ kind: 'truncated' });
  await expect(mint()).rejects.toThrow();
  emulator.failNext({ kind: 'html' });
  await expect(mint()).rejects.toThrow(SyntaxError);
  emulator.failNext({ kind: 'status', status: 200, body: '{"success":false,"result":null,"errors":[{"code":1}]}' });
  expect((await mint()).body.success).toBe(false);
  expect(await count()).toBe(2);
});
