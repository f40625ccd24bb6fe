import { Agent, createServer, type RequestListener, type Server, request as send } from 'node:http';
import { fixtures, sendTicket } from '@videostorage/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { close, type LocalHost, listen, localHost } from '../test-support/local-host.ts';
import { toNodeListener } from './node.ts';

const ROUNDS = 9;
const REQUESTS = 400;
const PARALLEL = 8;
const actor = { userId: 'ada', roles: ['student'] };
const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 1_000_000 };

const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
const servers: Server[] = [];
let host: LocalHost;
let videoId: string;
let ours: number;
let bare: number;

beforeAll(async () => {
  host = await localHost(undefined, { actor: () => actor }, { upload: [], playback: [] });
  ours = await serve(toNodeListener(host.routes), host.port);
  bare = await serve(bareListener());
  const film = await fixtures.moovFirst.read();
  const ticket = await host.service.getUploadUrl(actor, { ...file, sizeBytes: film.length });
  await sendTicket(ticket, film, file.mimeType);
  videoId = (await host.service.confirmUpload(actor, ticket.uploadReference)).videoId;
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await Promise.all(servers.map(close));
  await host.dispose();
});

async function serve(listener: RequestListener, port?: number): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  return listen(server, port);
}

/** The same two routes over the same service, with nothing that is not needed to answer them: no check, bound, or header. */
function bareListener(): RequestListener {
  return async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const [, , , , id = ''] = request.url?.split('/') ?? [];
    const isUpload = request.url === '/api/video/uploads';
    const answer = isUpload
      ? await host.service.getUploadUrl(actor, body)
      : await host.service.getPlaybackUrl(actor, id, body);
    response.writeHead(isUpload ? 201 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  };
}

function post(port: number, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = send({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      response.resume().on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 || response.statusCode === 201) resolve();
        else reject(new Error(`Answered ${response.statusCode}.`));
      });
    });
    sent.on('error', reject).end(body);
  });
}

/** Requests a second. */
async function rate(port: number, path: string, body: string): Promise<number> {
  const startedAt = performance.now();
  let left = REQUESTS;
  const work = async () => {
    while (left-- > 0) await post(port, path, body);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return (REQUESTS * 1000) / (performance.now() - startedAt);
}

/** Taken in turns, so that what else the machine does meets both; the median of the ratios. */
async function compare(name: string, path: string, body: string): Promise<number> {
  const rounds: { readonly ours: number; readonly bare: number; readonly ratio: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [first, second] = round % 2 === 0 ? [ours, bare] : [bare, ours];
    const [one, other] = [await rate(first, path, body), await rate(second, path, body)];
    const [mine, theirs] = round % 2 === 0 ? [one, other] : [other, one];
    // The first round warms up.
    if (round > 0) rounds.push({ ours: mine, bare: theirs, ratio: mine / theirs });
  }
  const middle = rounds.sort((one, other) => one.ratio - other.ratio)[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new Error('There was no round.');
  console.log(
    `${name}: ${Math.round(middle.ours)}/s through /node, ${Math.round(middle.bare)}/s bare, ratio ${middle.ratio.toFixed(2)}`,
  );
  return middle.ratio;
}

test('asking for an upload through /node is at least 0.6 as fast as a bare route', async () => {
  expect(await compare('ask for upload', '/api/video/uploads', JSON.stringify(file))).toBeGreaterThanOrEqual(0.6);
}, 300_000);

test('asking to play through /node is at least 0.6 as fast as a bare route', async () => {
  const path = `/api/video/videos/${videoId}/playback`;
  expect(await compare('playback', path, '{}')).toBeGreaterThanOrEqual(0.6);
}, 300_000);
