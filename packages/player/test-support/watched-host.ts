import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger } from '@videostorage/core';
import { createVideoRoutes } from '@videostorage/http';
import { toNodeListener } from '@videostorage/http/node';
import { MemoryEventLog, MemoryVideoRecords } from '@videostorage/service';
import { sendTicket } from '@videostorage/testing';
import { build } from 'esbuild';
import { type Backend, backends } from './backends.ts';
import { ShortGrantService } from './short-grant-service.ts';

const SECRET = 'canary-of-the-player-hosts-0123456789abcdefgh';
const ACTOR = { userId: 'ada', roles: ['teacher'] };

/** A host app with one page: routes over a backend, and the player's script as a page's bundler makes it. */
export class WatchedHost {
  /** URL of the page. */
  readonly origin: string;
  readonly service: ShortGrantService;
  readonly backend: Backend;
  /** Requests for a grant so far. */
  grants = 0;
  readonly #rights: { mayWatch: boolean };
  readonly #server: Server;
  readonly #folder: string;
  readonly #records: MemoryVideoRecords;

  private constructor(parts: {
    server: Server;
    origin: string;
    folder: string;
    backend: Backend;
    service: ShortGrantService;
    records: MemoryVideoRecords;
    rights: { mayWatch: boolean };
  }) {
    this.#server = parts.server;
    this.origin = parts.origin;
    this.#folder = parts.folder;
    this.backend = parts.backend;
    this.service = parts.service;
    this.#records = parts.records;
    this.#rights = parts.rights;
  }

  /** Opens one. */
  static async open(backendName: keyof typeof backends): Promise<WatchedHost> {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-player-'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
    const origin = `http://127.0.0.1:${address.port}`;
    const backend = await backends[backendName]({ folder, origin });
    const rights = { mayWatch: true };
    const records = new MemoryVideoRecords();
    const service = new ShortGrantService({
      storages: [backend.storage],
      records,
      events: new MemoryEventLog({ secrets: [SECRET] }),
      authorize: ({ operation }) => operation !== 'video.play' || rights.mayWatch,
    });
    const logger = new Logger({ sink: () => {} });
    const answerVideo = toNodeListener(createVideoRoutes({ service, actor: () => ACTOR, logger }));
    const script = await pageScript();
    const host = new WatchedHost({ server, origin, folder, backend, service, records, rights });
    server.on('request', (request, response) => {
      const path = request.url?.split('?')[0] ?? '/';
      if (path.startsWith('/api/video')) {
        if (path.endsWith('/playback')) host.grants += 1;
        return answerVideo(request, response);
      }
      const file = script.get(path);
      response.setHeader('Content-Security-Policy', policyOf(backend));
      if (path === '/') return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
      if (file === undefined) return response.writeHead(404).end();
      return response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(file);
    });
    return host;
  }

  /** Sets whether the viewer may watch from now on. */
  set mayWatch(mayWatch: boolean) {
    this.#rights.mayWatch = mayWatch;
  }

  /** Uploads a file as a browser would; the id of the ready video. */
  async upload(path: string): Promise<string> {
    const bytes = new Uint8Array(await readFile(path));
    const request = { fileName: 'lesson.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length };
    const ticket = await this.service.getUploadUrl(ACTOR, request);
    // The host app must be able to answer its own requests, since its storage may be below its routes.
    await sendTicket(ticket, bytes, request.mimeType);
    await this.backend.process();
    const video = await this.service.confirmUpload(ACTOR, ticket.uploadReference);
    if (video.status !== 'ready') throw new Error(`The video is ${video.status}.`);
    // An emulated provider makes its renditions when they are first asked for, which takes longer than a short grant lives.
    const { sources } = await this.service.getPlaybackUrl(ACTOR, ticket.uploadReference);
    for (const { kind, url } of sources) if (kind === 'hls') await (await fetch(url)).text();
    return ticket.uploadReference;
  }

  /** Adds HLS renditions to a video. */
  async putHls(id: string, folder: string): Promise<void> {
    const videoId = (await this.#records.get(id))?.videoId;
    if (!videoId || this.backend.putHls === undefined) throw new TypeError('The backend takes no renditions.');
    await this.backend.putHls(videoId, folder);
  }

  /** Stops everything. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.backend.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The Content-Security-Policy of the README, with the origins of the backend. */
function policyOf({ origins, embedScriptUrl }: Backend): string {
  const own = ["'self'", ...origins].join(' ');
  return [
    "default-src 'self'",
    `script-src 'self' ${embedScriptUrl === undefined ? '' : new URL(embedScriptUrl).origin}`,
    `connect-src ${own}`,
    `media-src ${own} blob:`,
    `img-src ${own}`,
    `frame-src ${embedScriptUrl === undefined ? "'none'" : origins.join(' ')}`,
    'worker-src blob:',
    "object-src 'none'",
  ].join('; ');
}

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Lesson</title><link rel="icon" href="/favicon.ico"></head>
<body><main><h1>Lesson</h1></main><script type="module" src="/app.js"></script></body>
</html>`;

let bundled: Promise<ReadonlyMap<string, string>> | undefined;

/** The page's scripts by path, split at dynamic imports. */
function pageScript(): Promise<ReadonlyMap<string, string>> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { app: fileURLToPath(new URL('page-app.ts', import.meta.url)) },
    ...{
      bundle: true,
      splitting: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      outdir: '/',
      platform: 'browser',
    },
    ...{ conditions: ['@videostorage/source'], logLevel: 'error' },
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}
