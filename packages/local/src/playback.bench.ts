import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { Agent, createServer, get, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';
import { toNodeListener } from './node-listener.ts';

const FILM_BYTES = 128 * 1024 * 1024;
const PART_BYTES = 256 * 1024;
const PARTS = 100;
const ROUNDS = 25;

/** Where the same bytes come from. */
interface Source {
  readonly name: string;
  readonly url: string;
}

const agent = new Agent({ keepAlive: true });
const servers: Server[] = [];
let running: RunningStorage;
let bare: Source;
let adapter: Source;
let grantUrl: string;

beforeAll(async () => {
  running = await startStorage();
  const film = await paddedVideo(FILM_BYTES);
  const ticket = await running.storage.getUploadUrl(requestFor(film));
  await sendByTus(tusUrl(ticket), film);
  const { videoId } = await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' });
  grantUrl = (await running.storage.getPlaybackUrl(videoId, { expiresInSeconds: 3600 })).url;
  const [folder = ''] = await readdir(join(running.folder, 'videos'));
  const path = join(running.folder, 'videos', folder, 'source.mp4');
  const { pathname, search } = new URL(grantUrl);
  bare = { name: 'node:http and a stream of the file', url: await serve(bareListener(path)) };
  adapter = { name: 'toNodeListener', url: `${await serve(toNodeListener(running.storage))}${pathname}${search}` };
}, 120_000);
afterAll(async () => {
  agent.destroy();
  for (const server of servers) server.close();
  await running.stop();
});

/** No grant, no conditions, no record: only what every server of files has to do. */
function bareListener(path: string): RequestListener {
  return (request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const range = start === undefined ? {} : { start: Number(start), end: Number(end) };
    const length = start === undefined ? FILM_BYTES : Number(end) - Number(start) + 1;
    response.writeHead(start === undefined ? 200 : 206, { 'Content-Length': length });
    // A broken connection would show as missing bytes.
    pipeline(createReadStream(path, { ...range, highWaterMark: 256 * 1024 }), response).catch(() => response.destroy());
  };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Takes all bytes and says how many came. */
function take(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve(bytes)).on('error', reject);
    }).on('error', reject);
  });
}

async function takeParts(url: string): Promise<number> {
  let bytes = 0;
  for (let part = 0; part < PARTS; part += 1) {
    const start = ((part * 7919) % 499) * PART_BYTES;
    bytes += await take(url, { Range: `bytes=${start}-${start + PART_BYTES - 1}` });
  }
  return bytes;
}

async function takeByFetch(): Promise<number> {
  let bytes = 0;
  const { body } = await running.storage.fetch(new Request(grantUrl));
  for await (const chunk of body ?? []) bytes += chunk.length;
  return bytes;
}

async function readByStream(): Promise<number> {
  const [folder = ''] = await readdir(join(running.folder, 'videos'));
  const path = join(running.folder, 'videos', folder, 'source.mp4');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }))
    bytes += (chunk as Uint8Array).length;
  return bytes;
}

async function elapsedMs(work: () => Promise<number>, expectedBytes: number): Promise<number> {
  const startedAt = performance.now();
  expect(await work()).toBe(expectedBytes);
  return performance.now() - startedAt;
}

/**
 * The share of the limit's speed that is reached: the best of alternating rounds, since other work can only slow a round down.
 */
async function speedOfLimit(
  name: string,
  ours: () => Promise<number>,
  limit: () => Promise<number>,
  bytes: number,
): Promise<number> {
  let limitMs = Number.POSITIVE_INFINITY;
  let oursMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    limitMs = Math.min(limitMs, await elapsedMs(limit, bytes));
    oursMs = Math.min(oursMs, await elapsedMs(ours, bytes));
  }
  const ratio = limitMs / oursMs;
  console.log(`${name}: ${ratio.toFixed(2)}`);
  return ratio;
}

test('a whole film of 128 MiB by the Node adapter, of the speed of node:http alone', { timeout: 120_000 }, async () => {
  const name = `${adapter.name} against ${bare.name}, whole film`;
  const ratio = await speedOfLimit(
    name,
    () => take(adapter.url),
    () => take(bare.url),
    FILM_BYTES,
  );
  expect(ratio).toBeGreaterThanOrEqual(0.75);
});

test('ranges of 256 KiB by the Node adapter, of the speed of node:http alone', { timeout: 120_000 }, async () => {
  const name = `${adapter.name} against ${bare.name}, ranges of 256 KiB`;
  const bytes = PARTS * PART_BYTES;
  const ratio = await speedOfLimit(
    name,
    () => takeParts(adapter.url),
    () => takeParts(bare.url),
    bytes,
  );
  // A fixed cost for each request: decisions/018-what-a-range-costs-on-local.md.
  expect(ratio).toBeGreaterThanOrEqual(0.6);
});

test('a whole film by fetch, without a connection, of the speed of a stream of the file', {
  timeout: 120_000,
}, async () => {
  const ratio = await speedOfLimit('fetch against a stream of the file', takeByFetch, readByStream, FILM_BYTES);
  expect(ratio).toBeGreaterThan(0.4);
});
