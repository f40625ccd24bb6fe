import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { failingFiles, fileError } from '../test-support/failing-files.ts';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { sendByTus } from '../test-support/sending.ts';
import { type NodeListener, toNodeListener } from './node-listener.ts';

const user = { userId: 'anna' };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A storage with one video of so many bytes; reads of its file are counted, and may fail. */
async function withVideo(sizeBytes: number) {
  const disk = { reads: 0, failsFrom: Number.POSITIVE_INFINITY };
  const fileFunctions = failingFiles((name) => {
    if (name !== 'handle.read') return undefined;
    disk.reads += 1;
    return disk.reads >= disk.failsFrom ? Promise.reject(fileError('EIO', 'read')) : undefined;
  });
  const running = await startStorage({ fileFunctions });
  ends.push(() => running.stop());
  const bytes = await paddedVideo(sizeBytes);
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  await running.storage.confirmUpload(ticket.uploadReference, user);
  const { url } = await running.storage.getPlaybackUrl(ticket.videoId);
  disk.reads = 0;
  return { running, disk, url };
}

/** A second server of the same storage, with a listener of its own. */
async function serve(listen: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(listen);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ends.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a storage that fails to answer', () => {
  const broken = new Error('broken');
  async function failing(): Promise<[NodeListener, RunningStorage]> {
    const { running } = await withVideo(600_000);
    vi.spyOn(running.storage, 'fetch').mockRejectedValue(broken);
    return [toNodeListener(running.storage), running];
  }

  test('leaves the answer to the router', async () => {
    const [listener] = await failing();
    const errors: unknown[] = [];
    const origin = await serve((request, response) =>
      listener(request, response, (error) => {
        errors.push(error);
        response.writeHead(503).end();
      }),
    );
    expect((await fetch(`${origin}/media/videos/x`)).status).toBe(503);
    expect(errors).toEqual([broken]);
  });

  test('closes the connection when no router follows, and when the answer has begun', async () => {
    const [listener] = await failing();
    const next = vi.fn();
    const alone = await serve((request, response) => listener(request, response));
    await expect(fetch(`${alone}/media/videos/x`)).rejects.toThrow('fetch failed');
    const begun = await serve((request, response) => {
      response.writeHead(200);
      response.write('begun');
      listener(request, response, next);
    });
    await expect(fetch(`${begun}/media/videos/x`).then((answer) => answer.text())).rejects.toThrow('terminated');
    expect(next).not.toHaveBeenCalled();
  });
});

test('a file that fails while it is sent ends the connection, so that no viewer takes the part for the whole file', async () => {
  const { disk, url } = await withVideo(1_300_000);
  disk.failsFrom = 2;
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
});

test('a file that cannot be read at all has a status of its own, which a page of another origin can read', async () => {
  const { disk, url } = await withVideo(600_000);
  disk.failsFrom = 1;
  const answer = await fetch(url, { headers: { Origin: 'https://school.example' } });
  const names = ['access-control-allow-origin', 'x-content-type-options', 'referrer-policy', 'cache-control'];
  expect([answer.status, ...names.map((name) => answer.headers.get(name))]).toEqual([
    ...[503, '*', 'nosniff', 'no-referrer', 'no-store'],
  ]);
  expect(answer.headers.get('access-control-expose-headers')).toContain('Content-Range');
  expect(await answer.text()).toBe('The storage cannot be used right now.');
});

test('a viewer that reads nothing is waited for: the file is not read into memory', async () => {
  const { disk, url } = await withVideo(24_000_000);
  const { port, pathname, search, host } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  ends.push(async () => socket.destroy());
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await expect.poll(() => disk.reads).toBeGreaterThan(0);
  // The buffers on the way to a viewer hold some of the file, but not all of it.
  for (let before = -1; before !== disk.reads; ) {
    before = disk.reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(disk.reads).toBeLessThan(40);
});

test('a request whose target is not a URL is refused', async () => {
  const { running } = await withVideo(600_000);
  const { port } = new URL(running.baseUrl);
  const socket = connect(Number(port), '127.0.0.1');
  ends.push(async () => socket.destroy());
  socket.write('GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
});
