import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on 127.0.0.1 that knows what it has begun, so that nothing outlives it. */
export class LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly #server: Server;
  readonly #running = new Set<Promise<void>>();

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Listens at a port, by default at a free one. @throws {Error} when it is taken */
  static async start(port = 0): Promise<LoopbackServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return new LoopbackServer(server);
  }

  /** What is done with each request. */
  handle(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void {
    this.#server.on('request', (request, response) => {
      // A client that has gone in the middle hears nothing more.
      const running = answer(request, response)
        .catch(() => void response.destroy())
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
  }

  /** Ends all connections and waits for what they had begun. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await Promise.all(this.#running);
  }
}
