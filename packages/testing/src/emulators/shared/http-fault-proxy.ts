import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyFault, type EmulatorFault, type FaultAim, FaultScript } from './fault-script.ts';

/** An HTTP proxy on 127.0.0.1 in front of a real service, which fails on request as the emulators do. */
export class HttpFaultProxy {
  /** `http://127.0.0.1:<port>`; requests go on to the target with their Host as it came. */
  readonly origin: string;
  readonly #server: Server;
  readonly #target: URL;
  readonly #faults = new FaultScript();

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      // A client that has gone in the middle hears nothing more.
      this.#relay(request, response).catch(() => response.destroy());
    });
  }

  /** Starts one in front of an origin; stop it in the end. */
  static async start(targetOrigin: string): Promise<HttpFaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new HttpFaultProxy(server, new URL(targetOrigin));
  }

  /** The next matching request meets this fault. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faults.next(request);
    if (fault !== undefined && !(await applyFault(fault, request, response))) return;
    const { hostname, port } = this.#target;
    const { method, url, headers } = request;
    const onward = httpRequest(
      { hostname, port, method, path: url, headers },
      (answer) => void answerWith(answer, response),
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

/** The body is collected, so that a fault after the effect can hold it back. */
async function answerWith(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = { ...answer.headers };
  delete headers['transfer-encoding'];
  response.writeHead(answer.statusCode ?? 502, headers);
  response.end(Buffer.concat(chunks));
}
