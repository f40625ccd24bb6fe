import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { UploadTicket } from '@videostorage/core';

/** How the bytes are sent. */
export type SinkProtocol = UploadTicket['protocol'];

const PART_BYTES = 8 * 1024 * 1024;
const EXPIRES_AT = '2100-01-01T00:00:00.000Z';

/** A host app and its storage in one server, which counts the bytes that it receives, and keeps none. */
export class DiscardingHost {
  /** URL of its page. */
  readonly origin: string;
  /** Bytes of files received so far. */
  receivedBytes = 0;
  readonly #server: Server;
  readonly #page: RequestListener;
  readonly #protocol: SinkProtocol;
  #sizeBytes = 0;

  private constructor(server: Server, origin: string, protocol: SinkProtocol, page: RequestListener) {
    this.#server = server;
    this.#page = page;
    this.#protocol = protocol;
    this.origin = origin;
    server.on('request', (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Starts one; stop it in the end. */
  static async start(protocol: SinkProtocol, page: RequestListener): Promise<DiscardingHost> {
    const server = createServer({ requestTimeout: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
    return new DiscardingHost(server, `http://127.0.0.1:${address.port}`, protocol, page);
  }

  /** Stops it. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    if (method === 'GET') return this.#page(request, response);
    if (url.startsWith('/sink')) {
      const offset = Number(request.headers['upload-offset'] ?? 0);
      let sentBytes = 0;
      for await (const chunk of request) sentBytes += chunk.length;
      this.receivedBytes += sentBytes;
      const arrivedBytes = method === 'HEAD' ? this.receivedBytes : offset + sentBytes;
      response.writeHead(method === 'PUT' ? 200 : 204, {
        ...{ 'Tus-Resumable': '1.0.0', 'Upload-Offset': arrivedBytes, 'Upload-Length': this.#sizeBytes },
      });
      return void response.end();
    }
    if (method === 'DELETE') return void response.writeHead(204).end();
    const body: unknown = JSON.parse((await request.setEncoding('utf8').toArray()).join(''));
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(this.#answerOfRoute(url, body)));
  }

  #answerOfRoute(url: string, body: unknown): object {
    if (url.endsWith('/confirm')) {
      const metadata = { status: 'ready', fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: this.#sizeBytes };
      return { videoId: 'film', backendName: 'discarding', ...metadata, custom: {} };
    }
    if (url.endsWith('/parts')) {
      const numbers: unknown = Reflect.get(Object(body), 'partNumbers');
      const sign = (partNumber: unknown) => ({
        ...{ partNumber, url: `${this.origin}/sink/${partNumber}`, headers: {}, expiresAt: EXPIRES_AT },
      });
      return { parts: Array.isArray(numbers) ? numbers.map(sign) : [] };
    }
    this.#sizeBytes = Number(Reflect.get(Object(body), 'sizeBytes'));
    const ticket = { uploadReference: 'film', videoId: 'film', protocol: this.#protocol, expiresAt: EXPIRES_AT };
    const sink = `${this.origin}/sink`;
    switch (this.#protocol) {
      case 'tus':
        return { ...ticket, url: sink, chunk: { minBytes: 1, maxBytes: 200_000_000, multipleOf: 1 } };
      case 'post':
        return { ...ticket, url: sink, fields: {}, fileField: 'file' };
      case 'multipart':
        return { ...ticket, partSizeBytes: PART_BYTES, partCount: Math.ceil(this.#sizeBytes / PART_BYTES) };
    }
  }
}
