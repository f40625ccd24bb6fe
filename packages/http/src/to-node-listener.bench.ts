import { createServer, type RequestListener, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bareListener, compareRates, endConnections, filmOfLoad, student } from '../test-support/load.ts';
import { close, type LocalHost, listen, localHost, readyVideo } from '../test-support/local-host.ts';
import { toNodeListener } from './node.ts';

const servers: Server[] = [];
let host: LocalHost;
let videoId: string;
let ports: { readonly ours: number; readonly bare: number };

beforeAll(async () => {
  host = await localHost({ routes: { actor: () => student }, limits: { upload: [], playback: [] } });
  ports = { ours: await serve(toNodeListener(host.routes), host.port), bare: await serve(bareListener(host.service)) };
  videoId = await readyVideo(host.service, student);
}, 60_000);
afterAll(async () => {
  endConnections();
  await Promise.all(servers.map(close));
  await host.dispose();
});

async function serve(listener: RequestListener, port?: number): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  return listen(server, port);
}

test('creating an upload through /node reaches at least 0.6 of the speed of a bare route', async () => {
  const ratio = await compareRates('create an upload', ports, '/api/video/uploads', JSON.stringify(filmOfLoad));
  expect(ratio).toBeGreaterThanOrEqual(0.6);
}, 300_000);

test('issuing a playback grant through /node reaches at least 0.6 of the speed of a bare route', async () => {
  const ratio = await compareRates('playback', ports, `/api/video/videos/${videoId}/playback`, '{}');
  expect(ratio).toBeGreaterThanOrEqual(0.6);
}, 300_000);
