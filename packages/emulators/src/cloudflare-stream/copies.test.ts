import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

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
    if (request.url === '/endless.mp4' && request.method !== 'HEAD') {
      response.writeHead(206);
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', write);
      write();
    } else if (request.url === '/empty.mp4') response.writeHead(200, { 'Content-Length': 0 }).end();
    else if (!['/video.mp4', '/whole.mp4', '/endless.mp4'].includes(request.url ?? '')) response.writeHead(404).end();
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

test('no maximum duration limits a copy', async () => {
  const asked = { input: `${sourceOrigin}/video.mp4`, maxDurationSeconds: 1, expiry: 'tomorrow' };
  const { result } = (await client.api('POST', '/copy', asked, { 'Upload-Creator': 'ann' })).body;
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${result['uid']}`)).body.result).toMatchObject({
    ...{ readyToStream: true, maxDurationSeconds: null, uploadExpiry: null, creator: 'ann' },
  });
});

test.each(['/missing.mp4', '/whole.mp4', '/endless.mp4', '/empty.mp4'])(
  'a copy from a source that does not serve %s as required ends in an error',
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
