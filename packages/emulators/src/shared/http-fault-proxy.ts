import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { applyFault, type EmulatorFault, type FaultAim, FaultScript } from './fault-script.ts';
import { LoopbackServer } from './loopback-server.ts';

/** An HTTP proxy on 127.0.0.1 in front of a real service. A test can make it fail in the same ways as the emulators. */
export class HttpFaultProxy {
  /** `http://127.0.0.1:<port>`; requests are forwarded with their Host header unchanged. */
  readonly origin: string;
  readonly #server: LoopbackServer;
  readonly #target: URL;
  readonly #agent = new Agent();
  readonly #faults = new FaultScript();

  private constructor(server: LoopbackServer, target: URL) {
    this.#server = server;
    this.#target = target;
    this.origin = server.origin;
    server.handle((request, response) => this.#relay(request, response));
  }

  /** Starts a proxy in front of an origin (`http:`); call `stop` afterwards. */
  static async start(targetOrigin: string): Promise<HttpFaultProxy> {
    return new HttpFaultProxy(await LoopbackServer.start(), new URL(targetOrigin));
  }

  /** Makes the next matching request fail in this way. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Ends all connections, on both sides. */
  async stop(): Promise<void> {
    await this.#server.stop();
    this.#agent.destroy();
  }

  /** Rejects when the connection to either side breaks, after ending the other connection. */
  async #relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faults.next(request);
    if (fault !== undefined && !(await applyFault(fault, request, response))) return;
    // The client did not wait for a slow answer, so its body is gone.
    if (request.socket.destroyed) return;
    const { hostname, port } = this.#target;
    const { method, url, headers } = request;
    const onward = httpRequest({ hostname, port, method, path: url, headers, agent: this.#agent });
    response.on('close', () => onward.destroy());
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      onward.on('response', resolve).on('error', reject);
      request.pipe(onward);
    });
    const { 'transfer-encoding': _, connection: __, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, kept);
    await pipeline(answer, response);
  }
}
