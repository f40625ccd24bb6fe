import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy on 127.0.0.1 that breaks connections: real resets in the middle of real transfers. */
export class TcpFaultProxy {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cuts: number[] = [];
  #cutCount = 0;
  #uploadedBytes = 0;
  #uploadBytesPerSecond = Number.POSITIVE_INFINITY;

  private constructor(server: Server, targetPort: () => number) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.#relay(client, targetPort()));
  }

  /**
   * Starts a proxy in front of a port. Pass a function when the port is not known yet: it is called for each connection.
   */
  static async start(targetPort: number | (() => number)): Promise<TcpFaultProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new TcpFaultProxy(server, typeof targetPort === 'number' ? () => targetPort : targetPort);
  }

  /** Number of connections that were reset. */
  get cutCount(): number {
    return this.#cutCount;
  }

  /** Number of bytes from clients so far, including the heads of requests; bytes that were sent twice count twice. */
  get uploadedBytes(): number {
    return this.#uploadedBytes;
  }

  /** Resets the next connection on which a client has sent this many bytes; one connection for each call. */
  cutAfterUpload(bytes: number): void {
    this.#cuts.push(bytes);
  }

  /**
   * Limits uploads to this many bytes per second on each connection, to simulate a slow network; `Infinity` removes the
   * limit.
   */
  slowUpload(bytesPerSecond: number): void {
    this.#uploadBytesPerSecond = bytesPerSecond;
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #relay(client: Socket, port: number): void {
    const target = connect(port, '127.0.0.1');
    target.setNoDelay(true);
    let seenBytes = 0;
    for (const socket of [client, target]) {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroySoon());
    target.pipe(client);
    const relayUp = (chunk: Buffer) => {
      seenBytes += chunk.length;
      this.#uploadedBytes += chunk.length;
      const cutAt = this.#cuts[0];
      if (cutAt !== undefined && seenBytes >= cutAt) {
        this.#cuts.shift();
        this.#cutCount += 1;
        // No byte after the reset is forwarded: it would be taken for the bytes that were lost.
        client.off('data', relayUp).pause();
        // The bytes so far are sent first, so that the other side really has half a file.
        target.write(chunk.subarray(0, Math.max(0, chunk.length - (seenBytes - cutAt))), () => {
          client.resetAndDestroy();
          target.resetAndDestroy();
        });
        return;
      }
      const waits = [
        ...(target.write(chunk) ? [] : [once(target, 'drain')]),
        ...(this.#uploadBytesPerSecond < Number.POSITIVE_INFINITY
          ? [sleep((chunk.length / this.#uploadBytesPerSecond) * 1000)]
          : []),
      ];
      if (waits.length === 0) return;
      client.pause();
      // When the connection breaks meanwhile, there is nothing left to wait for.
      Promise.all(waits).then(
        () => client.resume(),
        () => client.destroy(),
      );
    };
    client.on('data', relayUp);
    client.on('end', () => target.end());
  }
}
