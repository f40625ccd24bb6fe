import { createServer } from 'node:http';
import { connect } from 'node:net';
import { toNodeListener } from '../src/node.ts';
import { type HostileRequest, hostileRequests } from './hostile-requests.ts';
import { HttpWorld, ORIGIN } from './http-world.ts';
import { close, listen, localHost } from './local-host.ts';

/** A wrong answer to one request. */
interface FuzzFailure {
  readonly request: string;
  readonly problem: string;
}

/** The result of a run. */
export interface FuzzReport {
  readonly sent: number;
  /** Further requests, which the platform's `Request` or Node's parser refused. */
  readonly impossible: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: readonly FuzzFailure[];
}

const BAD_TEXT = /\bat .{1,200}:\d+:\d+|node_modules|TypeError|RangeError|SyntaxError|ZodError|file:\/\/|canary/;

/** An answer as received. */
interface FuzzAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends hostile requests until `count` of them were answered, and collects wrong answers: a 5xx, a stack or the name of an
 * error, missing headers, or an entry in the log.
 */
async function fuzz(
  requests: Iterable<HostileRequest>,
  count: number,
  log: readonly unknown[],
  send: (request: HostileRequest) => Promise<FuzzAnswer | undefined>,
): Promise<FuzzReport> {
  const statuses: Record<string, number> = {};
  const failures: FuzzFailure[] = [];
  let sent = 0;
  let impossible = 0;
  for (const hostile of requests) {
    const logged = log.length;
    const answer = await send(hostile);
    if (answer === undefined) {
      impossible += 1;
      if (impossible > 10 * count) throw new Error(`Of ${sent + impossible} requests, ${sent} could be sent.`);
      continue;
    }
    sent += 1;
    const { status, headers, text } = answer;
    statuses[status] = (statuses[status] ?? 0) + 1;
    const problems = [
      ...(status >= 500 ? [`answered ${status}: ${text}`] : []),
      ...(BAD_TEXT.test(text) ? [`says ${text.slice(0, 300)}`] : []),
      ...(headers.get('x-content-type-options') === 'nosniff' ? [] : ['may be sniffed']),
      ...(headers.has('x-request-id') ? [] : ['has no request id']),
      ...(text.length > 65_536 ? [`has ${text.length} characters`] : []),
      ...(Reflect.has({}, 'isAdmin') ? ['polluted a prototype'] : []),
      ...(log.length > logged ? [`logged ${JSON.stringify(log.at(-1))}`] : []),
    ];
    const { method, path, headers: given } = hostile;
    const request = JSON.stringify([method, path.slice(0, 200), given.slice(0, 9)]);
    for (const problem of problems) failures.push({ request, problem });
    if (sent === count) break;
  }
  return { sent, impossible, statuses, failures };
}

/** Routes over a service with videos in it, in this process. */
export async function fuzzRoutes(seed: number, count: number): Promise<FuzzReport> {
  const world = new HttpWorld({ memory: { multipartThresholdBytes: 50_000, partSizeBytes: 20_000 } });
  const ids = [await world.upload(), (await world.readyVideo()).videoId, (await world.readyVideo('bob')).videoId];
  return fuzz(hostileRequests(seed, ids), count, world.log, async ({ method, path, headers, body }) => {
    const request = toRequest(method, path, headers, body);
    if (request === undefined) return undefined;
    const answer = await world.routes.fetch(request);
    if (answer.headers.get('cache-control') !== 'no-store') throw new Error('An answer may be stored.');
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  });
}

/**
 * `/node` over a folder, as raw bytes on sockets: also requests that `Request` refuses, and those that the storage serves
 * itself.
 */
export async function fuzzSockets(seed: number, count: number): Promise<FuzzReport> {
  const host = await localHost({ mediaPath: '/media', limits: { upload: [], playback: [] } });
  const server = createServer({ maxHeaderSize: 65_536 }, toNodeListener(host.routes));
  await listen(server, host.port);
  try {
    const actor = { userId: 'ada', roles: [] };
    const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 1000 };
    const tickets = [await host.service.getUploadUrl(actor, file), await host.service.getUploadUrl(actor, file)];
    const targets = tickets.map((ticket) => ('url' in ticket ? new URL(ticket.url).pathname.slice(1) : ''));
    const ids = [...tickets.map(({ uploadReference }) => uploadReference), ...targets];
    return await fuzz(hostileRequests(seed, ids), count, host.log, (hostile) => sendRaw(host.port, hostile));
  } finally {
    await close(server);
    await host.dispose();
  }
}

/** Undefined when Node's own parser answered, or nothing did: the request was not HTTP. */
async function sendRaw(port: number, { method, path, headers, body }: HostileRequest): Promise<FuzzAnswer | undefined> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => undefined));
  socket.on('data', (chunk) => chunks.push(chunk));
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = body === undefined ? '' : `content-length: ${body.length}\r\n`;
  socket.write(`${method} ${path} HTTP/1.1\r\nhost: h\r\n${fields}${length}connection: close\r\n\r\n`);
  if (body !== undefined) socket.write(body);
  await closed;
  const text = Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const status = Number(line.split(' ')[1]);
  // Node's parser answers with a bare status; all other answers of this host app have a date.
  if (line === '' || !/^date:/im.test(head)) return undefined;
  const answered = new Headers(
    lines.map((each): [string, string] => [each.split(':')[0] ?? '', each.split(': ')[1] ?? '']),
  );
  return { status, headers: answered, text: rest.join('\r\n\r\n') };
}

/** Undefined when `Request` refuses it: no client can send it in this form. */
function toRequest(
  method: string,
  path: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array<ArrayBuffer> | undefined,
): Request | undefined {
  try {
    const takesBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
    const fields = headers.map(([name, value]): [string, string] => [name, value]);
    return new Request(ORIGIN + path, { method, headers: fields, ...(takesBody && { body }) });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
