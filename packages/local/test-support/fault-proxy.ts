import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A connection that can be cut. */
export interface FaultProxy {
  /** Where clients connect. */
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  /** The next `times` connections are reset after so many bytes went up. */
  cutUploads(afterBytes: number, times: number): void;
  /** Ends everything. */
  close(): Promise<void>;
}

/** A TCP proxy in front of a server on this computer. */
export async function startFaultProxy(serverPort: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let cutAfterBytes = Number.POSITIVE_INFINITY;
  let cutsLeft = 0;

  const server = createServer((client) => {
    connections += 1;
    const limit = cutsLeft > 0 ? cutAfterBytes : Number.POSITIVE_INFINITY;
    cutsLeft -= 1;
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // Resets are the purpose of this proxy.
      socket.on('error', () => socket.destroy());
    }
    // A server that refuses before it has read a body resets the connection: the client's connection is reset as well.
    upstream.on('error', () => client.resetAndDestroy());
    let sent = 0;
    client.on('data', (chunk) => {
      const part = chunk.subarray(0, Math.max(0, limit - sent));
      sent += chunk.length;
      if (!upstream.write(part)) client.pause();
      if (sent < limit) return;
      client.pause();
      // Reset only when the last bytes were sent, so that the server has them.
      upstream.end(() => {
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      });
    });
    upstream.on('drain', () => client.resume());
    upstream.pipe(client);
    client.on('end', () => upstream.end());
    client.on('close', () => upstream.destroy());
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    cutUploads: (afterBytes, times) => {
      cutAfterBytes = afterBytes;
      cutsLeft = times;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
