import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixtures } from '@videostorage/testing';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { requestFor, SECRET, tusUrl } from '../test-support/requests.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { offsetOf, patch, sendByTus } from '../test-support/sending.ts';
import type { LocalStorageOptions } from './local-options.ts';
import { LocalStorage } from './local-storage.ts';
import { toNodeListener } from './node-listener.ts';

const bytes = await fixtures.moovFirst.read();
let close = (): void => undefined;
const folder = temporaryFolder();
afterEach(() => close());
afterAll(() => rmSync(folder, { recursive: true }));

/** A server whose listener is made when its port is known. */
async function serve(
  path: string,
  toListener: (storage: LocalStorage) => RequestListener,
  options: Pick<LocalStorageOptions, 'allowedOrigins'> = {},
): Promise<LocalStorage> {
  let listener: RequestListener = () => undefined;
  const server = createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const storage = new LocalStorage({ folder, baseUrl, referenceSecrets: [SECRET], ...options });
  listener = toListener(storage);
  return storage;
}

async function roundTrip(storage: LocalStorage): Promise<void> {
  const ticket = await storage.getUploadUrl(requestFor(bytes));
  await sendByTus(tusUrl(ticket), bytes);
  await storage.confirmUpload(ticket.uploadReference, { userId: 'anna' });
  const { url } = await storage.getPlaybackUrl(ticket.videoId);
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(bytes.length);
}

/** What Express and Connect do with `app.use(path, handler)`: the path is removed, and the handler gets the rest of the URL. */
function mounted(path: string, storage: LocalStorage): RequestListener {
  const listener = toNodeListener(storage);
  return (request: IncomingMessage, response: ServerResponse) => {
    const next = (error?: unknown) => response.writeHead(error ? 500 : 418).end('the host’s own');
    if (!request.url?.startsWith(path)) return void next();
    request.url = request.url.slice(path.length) || '/';
    return void listener(request, response, next);
  };
}

describe('toNodeListener', () => {
  test.each(['', '/', '/media', '/deep/er/'])('as the listener of a plain server, base path %j', async (path) => {
    await roundTrip(await serve(path, toNodeListener));
  });

  test('mounted under a path that the router takes off', async () => {
    await roundTrip(await serve('/media', (storage) => mounted('/media', storage)));
  });

  test.each(['/videos', '/uploads', '/videos/uploads'])('mounted under %s, taken off or not', async (path) => {
    await roundTrip(await serve(path, (storage) => mounted(path, storage)));
    close();
    await roundTrip(await serve(path, toNodeListener));
  });

  test('mounted under /videos, the host’s own routes below it stay the host’s', async () => {
    const storage = await serve('/videos', (one) => mounted('', one));
    const { origin } = new URL((await storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`)).url);
    expect((await fetch(`${origin}/videos/list`)).status).toBe(418);
  });

  test('mounted at the root, it answers below its base path alone, and the host’s own /videos stays the host’s', async () => {
    const storage = await serve('/media', (one) => mounted('', one));
    const { origin, href } = new URL((await storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`)).url);
    for (const path of ['/videos/list', '/uploads/2026/picture', '/videos/', '/mediax/videos/list']) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 418]);
    }
    for (const url of [href, `${origin}/media/videos/list`]) expect((await fetch(url)).status).toBe(404);
  });

  test('an upload that a body parser has read is refused with the fix: its sender would send it for ever', async () => {
    const message = 'mount the storage before body parsers';
    const read = async (request: IncomingMessage) => {
      for await (const chunk of request) expect(chunk).toBeInstanceOf(Buffer);
    };
    const errors: unknown[] = [];
    const storage = await serve('/media', (one) => async (request, response) => {
      await read(request);
      const next = (error?: unknown) => {
        errors.push(error);
        response.writeHead(500).end();
      };
      toNodeListener(one)(request, response, request.headers['x-router'] === undefined ? undefined : next);
    });
    const url = tusUrl(await storage.getUploadUrl(requestFor(bytes)));
    const alone = await patch(url, 0, bytes);
    expect([alone.status, await alone.text()]).toEqual([500, expect.stringContaining(message)]);
    expect(alone.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect((await patch(url, 0, bytes, { 'X-Router': 'express' })).status).toBe(500);
    const byProxy = { method: 'POST', headers: { 'X-HTTP-Method-Override': 'PATCH' }, body: bytes };
    expect(await (await fetch(url, byProxy)).text()).toContain(message);
    expect(errors).toMatchObject([{ code: 'MISCONFIGURED', message: expect.stringContaining(message) }]);
    // A request without bytes may have been read before.
    expect(await offsetOf(url)).toBe(0);
  });

  test('passes on requests that are not for the storage, and answers the others', async () => {
    const storage = await serve('', (one) => mounted('', one));
    const { url } = await storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`);
    const { origin } = new URL(url);
    for (const path of ['/', '/videos', '/uploads', '/about', '/xvideos/1', '/api/videos/1']) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 418]);
    }
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${origin}/videos/nothing`)).status).toBe(404);
  });

  test('behind middleware that reads a list of header fields as pairs, answers keep their fields and the host app’s Vary', async () => {
    const toListener = (one: LocalStorage) => (request: IncomingMessage, response: ServerResponse) => {
      const writeHead = response.writeHead.bind(response);
      response.writeHead = (status: number, ...given: unknown[]) => {
        // As `on-headers` before 1.1.
        const fields = given.find((each) => Array.isArray(each)) ?? [];
        for (const [name, value] of fields) response.setHeader(name, value);
        return writeHead(status);
      };
      response.setHeader('Vary', 'Accept-Encoding');
      toNodeListener(one)(request, response);
    };
    const storage = await serve('/media', toListener, { allowedOrigins: ['https://page.example'] });
    await roundTrip(storage);
    const [{ videoId } = { videoId: '' }] = (await storage.listVideos()).videos;
    const { url } = await storage.getPlaybackUrl(videoId);
    const part = await fetch(url, { headers: { Range: 'bytes=1-3' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1-3/${bytes.length}`]);
    expect(part.headers.get('vary')).toBe('Accept-Encoding, Origin');
    const refused = await fetch(`${url}x`);
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([403, 'no-store']);
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe(String(bytes.length));
  });

  test('without a router the rest is 404', async () => {
    const storage = await serve('/media', toNodeListener);
    const { url } = await storage.getPlaybackUrl(`${'0'.repeat(32)}-mp4`);
    expect((await fetch(new URL('/about', url))).status).toBe(404);
  });
});

test('fetch can be passed on without its object', async () => {
  const storage = new LocalStorage({
    ...{ folder, baseUrl: 'http://127.0.0.1:1', referenceSecrets: [SECRET] },
  });
  const { fetch: answer } = storage;
  expect((await answer(new Request('http://127.0.0.1:1/videos/none'))).status).toBe(404);
});
