import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

/** How the server answers a request: with raw bytes, so that any broken answer can be sent. */
export type Answer = (socket: Socket, request: string) => void;

/** A TCP server that answers every request in the same way, and records the requests. */
export class FaultServer {
  /** How each request is answered from now on. */
  answer: Answer = (socket) => socket.destroy();
  /** First lines of the requests so far, without HTTP version. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Starts one that speaks plain HTTP. */
  static start(): Promise<FaultServer> {
    return FaultServer.#listen((onSocket) => createServer(onSocket));
  }

  /** Starts one whose certificate is not trusted. */
  static startUntrusted(): Promise<FaultServer> {
    const { key, cert } = selfSigned();
    return FaultServer.#listen((onSocket) => createTlsServer({ key, cert }, onSocket));
  }

  static async #listen(create: (onSocket: (socket: Socket) => void) => Server): Promise<FaultServer> {
    let onSocket = (_socket: Socket): void => {};
    const server = create((socket) => onSocket(socket));
    const faults = new FaultServer(server);
    onSocket = (socket) => faults.#serve(socket);
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return faults;
  }

  /** The port on 127.0.0.1. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!isComplete(text)) return;
      const request = text;
      text = '';
      this.requests.push(request.slice(0, request.indexOf(' HTTP/')));
      this.answer(socket, request);
    });
  }
}

/** A whole answer with its length; the connection ends with it. */
export function http(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const all = { 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return (socket) => void socket.end(`HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n${body}`);
}

function isComplete(text: string): boolean {
  // Not HTTP but a TLS handshake, which is answered at once.
  if (!/^[A-Z]/.test(text)) return true;
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  return !/\r\ntransfer-encoding: chunked/i.test(text.slice(0, end)) || text.endsWith('0\r\n\r\n');
}

function selfSigned(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'videostorage-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '2'];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ];
  execFileSync('openssl', args, { stdio: 'ignore' });
  const files = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return files;
}
