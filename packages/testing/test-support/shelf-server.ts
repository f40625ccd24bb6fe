import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@videostorage/core';
import type { Fault } from '../src/storage-subject.ts';

interface ShelfFile {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly place: number;
  readonly revision: string;
}

const NO_FILE: ShelfFile = { bytes: Buffer.alloc(0), mimeType: '', place: 0, revision: '' };

/** The provider of the third backend: keeps labels and files, signs its URLs, deletes on request. */
export class ShelfServer {
  readonly origin: string;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #labels = new Map<string, object>();
  readonly #files = new Map<string, ShelfFile>();
  #arrivals = 0;
  readonly #faults: Fault[] = [];

  private constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(clock: Clock): Promise<ShelfServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ShelfServer(server, clock);
  }

  failNext(fault: Fault): void {
    this.#faults.push(fault);
  }

  sign(path: string, expiresAtMs: number): string {
    const signed = `${path}?expires=${expiresAtMs}`;
    return `${this.origin}${signed}&signature=${this.#digest(signed)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const [, collection, videoId = ''] = (target.split('?')[0] ?? '').split('/');
    const isOpen = collection === 'upload' || collection === 'play';
    const fault = isOpen ? undefined : this.#faults.shift();
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    response.setHeader('x-shelf', 'yes');
    const body = Buffer.concat(chunks);
    if (fault !== undefined && !mayWork(fault, request, response)) return;
    if (isOpen && !this.#isSigned(target)) response.writeHead(403).end();
    else if (collection === 'upload') await this.#receive(request, response, videoId, body);
    else if (collection === 'play') this.#deliver(response, videoId);
    else this.#manage(request, response, videoId, body);
  }

  #manage(request: IncomingMessage, response: ServerResponse, videoId: string, body: Buffer): void {
    if (request.method === 'PUT') {
      if (!this.#labels.has(videoId)) this.#labels.set(videoId, JSON.parse(body.toString('utf8')) as object);
      response.end();
    } else if (request.method === 'DELETE') {
      this.#labels.delete(videoId);
      this.#files.delete(videoId);
      response.end();
    } else if (videoId === '') this.#list(response, new URL(request.url ?? '/', this.origin).searchParams);
    else if (this.#files.has(videoId)) response.end(JSON.stringify(this.#describe(videoId)));
    else response.writeHead(404).end();
  }

  #list(response: ServerResponse, query: URLSearchParams): void {
    const before = Number(query.get('before')) || Number.POSITIVE_INFINITY;
    const older = [...this.#files].filter(([, file]) => file.place < before).reverse();
    const page = older.slice(0, Number(query.get('limit')));
    const next = page.length < older.length ? page.at(-1)?.[1].place : undefined;
    response.end(JSON.stringify({ videos: page.map(([id]) => this.#describe(id)), next }));
  }

  #describe(videoId: string): object {
    const { bytes, mimeType, revision } = this.#files.get(videoId) ?? NO_FILE;
    return { ...this.#labels.get(videoId), videoId, sizeBytes: bytes.length, mimeType, revision };
  }

  async #receive(request: IncomingMessage, response: ServerResponse, videoId: string, body: Buffer): Promise<void> {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const file = (await new Response(new Uint8Array(body), { headers }).formData()).get('file') as File;
    if (!this.#labels.has(videoId)) return void response.writeHead(404).end();
    const place = this.#files.get(videoId)?.place ?? ++this.#arrivals;
    const revision = String(++this.#arrivals);
    this.#files.set(videoId, { place, revision, bytes: Buffer.from(await file.arrayBuffer()), mimeType: file.type });
    response.writeHead(201).end();
  }

  #deliver(response: ServerResponse, videoId: string): void {
    const file = this.#files.get(videoId);
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': file.mimeType }).end(file.bytes);
  }

  #isSigned(target: string): boolean {
    const [signed = '', signature] = target.split('&signature=');
    const expires = Number(new URL(signed, this.origin).searchParams.get('expires'));
    return this.#clock.now() < expires && signature === this.#digest(signed);
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}

/** Simulates a fault; true when the work is to be done although its answer is lost. */
function mayWork(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  const statuses: Partial<Record<Fault, number>> = { 'server-error': 500, throttled: 429, 'not-found-once': 404 };
  const status = statuses[fault];
  response.removeHeader('x-shelf');
  if (status !== undefined) response.writeHead(status).end();
  else if (fault === 'bad-response') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please sign in.</body></html>');
  }
  if (fault !== 'reset') return false;
  response.end = () => {
    request.socket.resetAndDestroy();
    return response;
  };
  return true;
}
