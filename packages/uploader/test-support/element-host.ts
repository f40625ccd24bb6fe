import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVideoRoutes } from '@videostorage/http';
import { toNodeListener } from '@videostorage/http/node';
import { LocalStorage } from '@videostorage/local';
import { MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';
import { build } from 'esbuild';

const SECRET = 'canary-of-the-uploader-element-0123456789abcd';
/**
 * No `'unsafe-inline'`, no exception for the element. `blob:` is needed to measure the duration of a film before it is sent.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  'media-src blob:',
  "img-src 'self'",
  "require-trusted-types-for 'script'",
].join('; ');
const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Uploads</title>
<main><h1>Uploads</h1></main>
<script type="module" src="/page.js"></script>
</html>`;
/** What each page runs: the element as a host app would place it. */
const SCRIPT = `
import '@videostorage/uploader/element';
const element = document.createElement('video-storage-uploader');
for (const [name, value] of new URLSearchParams(location.search)) element.setAttribute(name, value);
document.querySelector('main').append(element);
`;

/** A host app on 127.0.0.1 whose page is the element, over real routes and a folder. */
export class ElementHost {
  /** URL of its page. */
  readonly url: string;
  /** Its service, to inspect what has arrived. */
  readonly service: VideoService;
  readonly #server: Server;
  readonly #folder: string;

  private constructor(url: string, service: VideoService, server: Server, folder: string) {
    this.url = url;
    this.service = service;
    this.#server = server;
    this.#folder = folder;
  }

  /** Opens one. */
  static async open(): Promise<ElementHost> {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-element-'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const service = new VideoService({
      storages: [new LocalStorage({ folder, baseUrl: `${url}/api/video/media`, referenceSecrets: [SECRET] })],
      records: new MemoryVideoRecords(),
      events: new MemoryEventLog({ secrets: [SECRET] }),
      authorize: ({ actor, operation, record }) => operation === 'upload.request' || record?.userId === actor.userId,
    });
    const routes = createVideoRoutes({ service, actor: () => ({ userId: 'ada', roles: ['student'] }) });
    const listener = toNodeListener(routes);
    const script = await bundle();
    server.on('request', (request, response) => {
      const path = request.url ?? '/';
      if (path.startsWith('/api/video')) return listener(request, response);
      const isScript = path === '/page.js';
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
      response.setHeader('Content-Security-Policy', POLICY);
      response.end(isScript ? script : HTML);
    });
    return new ElementHost(url, service, server, folder);
  }

  /** Stops it, and removes what has arrived. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@videostorage/source'],
  });
  return outputFiles[0]?.text ?? '';
}
