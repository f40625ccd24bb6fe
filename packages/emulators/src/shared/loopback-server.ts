import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on 127.0.0.1 that keeps track of its requests, so that none outlives it. */
export class LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly #server: Server;
  readonly #running = new Set<Promise<void>>();

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Listens on a port, by default a free one. @throws {Error} the port is in use */
  static async start(port = 0): Promise<LoopbackServer> {
    // An upload over a slow connection takes longer than Node's five minutes, and no provider ends it for that.
    const server = createServer({ requestTimeout: 0 });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return new LoopbackServer(server);
  }

  /** Sets the handler of all requests. */
  handle(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void {
    this.#server.on('request', (request, response) => {
      // The client disconnected in the middle of the request.
      const running = answer(request, response)
        .catch(() => void response.destroy())
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
  }

  /** Ends all connections and waits for requests in progress. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await Promise.all(this.#running);
  }
}
