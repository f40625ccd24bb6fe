import { connect } from 'node:net';

const patienceMs = 2_000;

/** Connects to a port of the loopback interface, sends a request, and resolves with the first bytes of the answer. */
export function firstAnswer(port: number, request: string | Uint8Array = ''): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`no answer from port ${port}`)));
    socket.once('connect', () => socket.write(request));
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`port ${port} closed the connection`)));
  });
}
