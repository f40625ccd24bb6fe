import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { close, listen, localHost } from '../test-support/local-host.ts';
import { toNodeListener } from './node.ts';
import type { VideoRoutesOptions } from './video-routes-options.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each();
});

async function start(options: Partial<VideoRoutesOptions> = {}) {
  const host = await localHost({ routes: options });
  const server: Server = createServer(toNodeListener(host.routes));
  await listen(server, host.port);
  closing.push(
    () => close(server),
    () => host.dispose(),
  );
  return { ...host, server };
}

/** Writes the text unchanged, and resolves to the bytes received until the other side closes, or until they contain `until`. */
function raw(
  port: number,
  write: string | ((send: (text: string) => boolean) => void),
  until?: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
      if (until?.test(text)) socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (text === '' ? reject(error) : resolve(text)));
    socket.on('close', () => resolve(text));
    if (typeof write === 'string') socket.write(write);
    else write((chunk) => !socket.destroyed && socket.write(chunk));
  });
}

const post = (length: string, body = '') =>
  `POST /api/video/uploads HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n${length}\r\n\r\n${body}`;

describe('T-I4 over a socket', () => {
  test('one byte over the limit is 413 and the connection is closed, with a length or in chunks', async () => {
    const { port } = await start({ maxBodyBytes: 1024 });
    const declared = await raw(port, post('Content-Length: 1025', 'x'.repeat(1000)));
    expect(declared).toMatch(/^HTTP\/1\.1 413 /);
    expect(declared).toMatch(/connection: close/i);
    expect(declared).toMatch(/content-length: [1-9]/i);
    const chunked = await raw(port, post('Transfer-Encoding: chunked', `401\r\n${'x'.repeat(1025)}\r\n`));
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(chunked).toMatch(/connection: close/i);
  });

  test('a client that reads only after it has sent 8 MiB gets the answer', async () => {
    const { port } = await start({ maxBodyBytes: 1024 });
    const sizeBytes = 8 * 1024 * 1024;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1').pause();
      socket.on('error', reject);
      socket.write(post(`Content-Length: ${sizeBytes}`));
      socket.write('x'.repeat(sizeBytes), () => {
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('close', () => resolve(text)).resume();
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"BODY_TOO_LARGE"');
  });

  test('a request after a body that was not read is not answered, since its beginning is unknown', async () => {
    const { port } = await start({ maxBodyBytes: 1024 });
    const next = 'GET /api/video/health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
    const both = await raw(port, post('Content-Length: 1025', 'x'.repeat(1025)) + next);
    expect(both.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 413']);
  });

  test('after a request that was too large and has ended, the next one is answered', async () => {
    const actor = async () => {
      // The whole request arrives while the host app looks up the actor.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return { userId: 'ada', roles: [] };
    };
    const { port } = await start({ maxBodyBytes: 1024, actor });
    const next = 'GET /api/video/health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
    const whole = post('Transfer-Encoding: chunked', `401\r\n${'x'.repeat(1025)}\r\n0\r\n\r\n`);
    const both = await raw(port, whole + next);
    expect(both.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('an endless body is not kept in memory, and only some ten megabytes are read from the connection', async () => {
    const { port } = await start();
    let sent = 0;
    const answer = await raw(port, (send) => {
      send(post('Transfer-Encoding: chunked'));
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      const pump = () => {
        for (let count = 0; count < 8; count++) if (send(chunk)) sent += chunk.length;
        if (sent < 256 * 1024 * 1024) setTimeout(pump, 1);
      };
      pump();
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(96 * 1024 * 1024);
  });

  describe('a request that is answered before its body was read', () => {
    const refused = (length: string, body = '') => post(length, body).replace('application/json', 'text/plain');
    const pump = (head: string, chunk: string) => {
      const sent = { bytes: 0 };
      const write = (send: (text: string) => boolean) => {
        send(head);
        const more = () => {
          for (let count = 0; count < 8; count++) if (send(chunk)) sent.bytes += chunk.length;
          if (sent.bytes < 256 * 1024 * 1024) setTimeout(more, 1);
        };
        more();
      };
      return { sent, write };
    };

    test.each([
      ['in chunks', 'Transfer-Encoding: chunked', `10000\r\n${'x'.repeat(65_536)}\r\n`],
      ['of a terabyte', 'Content-Length: 1000000000000', 'x'.repeat(65_536)],
    ])('closes the connection when its body does not end: %s', async (_, length, chunk) => {
      const { port } = await start();
      const { sent, write } = pump(refused(length), chunk);
      const answer = await raw(port, write);
      expect(answer).toMatch(/^HTTP\/1\.1 415 /);
      expect(answer).toMatch(/connection: close/i);
      expect(sent.bytes).toBeLessThan(96 * 1024 * 1024);
    });

    test('closes the connection at once when the length is more than 64 KiB', async () => {
      const { port } = await start();
      const answer = await raw(port, refused('Content-Length: 65537'), /\r\n\r\n/);
      expect(answer).toMatch(/^HTTP\/1\.1 415 /);
      expect(answer).toMatch(/connection: close/i);
    });

    test('keeps its connection when the rest is small', async () => {
      const { port } = await start();
      const next = 'GET /api/video/health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
      const both = await raw(port, (send) => {
        send(refused('Content-Length: 65536'));
        setTimeout(() => send(`${'x'.repeat(65_536)}${next}`), 20);
      });
      expect(both.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 415', 'HTTP/1.1 200']);
    });
  });

  test('an answer before the end of a body that no route reads has a length in bytes, and a body as long', async () => {
    const { port, service } = await start();
    vi.spyOn(service, 'listVideos').mockResolvedValueOnce({ videos: [], cursor: 'prüfung-😀' });
    const begun = 'GET /api/video/videos HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
    const [head = '', body = ''] = (await raw(port, begun, /\}$/)).split('\r\n\r\n');
    expect(JSON.parse(Buffer.from(body, 'latin1').toString())).toEqual({ videos: [], cursor: 'prüfung-😀' });
    expect(head).toMatch(new RegExp(`content-length: ${body.length}$`, 'im'));
  });

  test('an answer without a body has no length, and does not wait for the end of a body that no route reads', async () => {
    const { port, service } = await start();
    vi.spyOn(service, 'abortUpload').mockResolvedValueOnce();
    let chunks = 0;
    const answer = await raw(
      port,
      (send) => {
        send('DELETE /api/video/uploads/r HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n');
        const pump = () => {
          chunks += 1;
          if (send('1\r\nx\r\n')) setTimeout(pump, 20);
        };
        pump();
      },
      /\r\n\r\n$/,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 204 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).not.toMatch(/content-length|transfer-encoding/i);
    // A sender that does not stop is read for ten seconds, which is 500 chunks.
    expect(chunks).toBeLessThan(250);
  });

  test('an answer before the end of a body keeps the headers that the host app has set', async () => {
    const { port, server } = await start({ maxBodyBytes: 1024, allowedOrigins: ['https://a.example'] });
    server.prependListener('request', (_request, response) => {
      response.setHeader('Vary', 'Accept-Encoding').setHeader('Set-Cookie', 'seen=1');
    });
    const answer = await raw(port, post('Content-Length: 1025', 'x'.repeat(1000)), /\}$/);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.match(/^(?:vary|set-cookie): .*$/gim)).toEqual([
      ...['Vary: Accept-Encoding', 'Vary: Origin', 'Set-Cookie: seen=1'],
    ]);
  });

  test('a body that stops arriving is 408', async () => {
    const { port } = await start({ bodyTimeoutMs: 30 });
    const answer = await raw(port, post('Content-Length: 100', '{"fileName"'));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test('a sender that disconnects in the middle of its body leaves no resource in use, and is not logged', async () => {
    const { port, log, server, origin } = await start();
    for (const sent of ['', '{', '{"fileName":"a.mp4"']) {
      const socket = connect(port, '127.0.0.1');
      await new Promise<void>((resolve) => socket.write(post('Content-Length: 100', sent), () => resolve()));
      await expect.poll(() => connections(server)).toBe(1);
      socket.destroy();
      await expect.poll(() => connections(server)).toBe(0);
    }
    expect((await fetch(`${origin}/api/video/health`)).status).toBe(200);
    expect(log).toEqual([]);
  });
});

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

test('absolute URLs, unusual hosts and unusual targets are answered', async () => {
  const { port } = await start();
  const get = (target: string, host = 'h') =>
    raw(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  expect(await get('http://elsewhere.example/api/video/health')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await get('/api/video/health', 'a b"<>')).toMatch(/^HTTP\/1\.1 (200|400) /);
  expect(await get('//api/video/health')).toMatch(/^HTTP\/1\.1 404 /);
  expect(await get('http://[')).toMatch(/^HTTP\/1\.1 404 /);
  expect(await raw(port, 'OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 404 [\s\S]*x-request-id: /i,
  );
  expect(await get('/api/video/%zz')).toMatch(/^HTTP\/1\.1 404 /);
});

test('the length of an answer is counted in bytes, not in characters', async () => {
  const { origin, service } = await start();
  vi.spyOn(service, 'listVideos').mockResolvedValueOnce({ videos: [], cursor: 'prüfung-😀' });
  const answer = await fetch(`${origin}/api/video/videos`);
  expect(await answer.json()).toEqual({ videos: [], cursor: 'prüfung-😀' });
});

test('a body that the host app has read is an error with its fix, not a missing body; routes without a body are answered', async () => {
  const { routes, origin, port, service, log, dispose } = await localHost();
  const listener = toNodeListener(routes);
  const server = createServer(async (request, response) => {
    await request.toArray();
    listener(request, response);
  });
  await listen(server, port);
  closing.push(() => close(server), dispose);
  const film = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 7 };
  const ticket = await service.getUploadUrl({ userId: 'ada', roles: [] }, film);
  const asked = await fetch(`${origin}/api/video/uploads`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(film) },
  });
  expect(asked.status).toBe(500);
  expect(log).toMatchObject([{ message: expect.stringContaining('mount them in front of `express.json()`') }]);
  // If the file were treated as empty, its sender would send it for ever.
  const bytes = { 'content-type': 'application/offset+octet-stream', 'tus-resumable': '1.0.0', 'upload-offset': '0' };
  const url = ticket.protocol === 'tus' ? ticket.url : expect.unreachable();
  expect((await fetch(url, { method: 'PATCH', headers: bytes, body: '0123456' })).status).toBe(500);
  expect((await fetch(`${origin}/api/video/health`)).status).toBe(200);
});

test('when the caller disconnects, the service’s work ends', async () => {
  let aborted: boolean | undefined;
  let reached = () => {};
  const arrived = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const { port } = await start({
    actor: async ({ signal }) => {
      reached();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      aborted = signal.aborted;
      return undefined;
    },
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/video/videos HTTP/1.1\r\nHost: h\r\n\r\n');
  await arrived;
  socket.destroy();
  await expect.poll(() => aborted).toBe(true);
});

test('when the caller disconnects while the host app looks up the actor, the service’s signal is aborted too', async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let signal: AbortSignal | undefined;
  const { port, service } = await start({
    actor: async (request) => {
      const response = request as Request & { runtime?: { node?: { res?: NodeJS.EventEmitter } } };
      const closed = new Promise((resolve) => response.runtime?.node?.res?.once('close', resolve));
      asked();
      await closed;
      return { userId: 'ada', roles: [] };
    },
  });
  vi.spyOn(service, 'listVideos').mockImplementation(async (_actor, _query, options) => {
    signal = options?.signal;
    return { videos: [] };
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/video/videos HTTP/1.1\r\nHost: h\r\n\r\n');
  await isAsked;
  socket.destroy();
  await expect.poll(() => signal?.aborted).toBe(true);
});

test('a copy of the routes with the host app’s own `fetch` answers with that', async () => {
  const { routes, port, dispose } = await localHost();
  const fetch = async (request: Request) => {
    const answer = await routes.fetch(request);
    return new Response(null, { status: 299, headers: { 'X-Answered': String(answer.status) } });
  };
  const server = createServer(toNodeListener({ ...routes, fetch }));
  await listen(server, port);
  closing.push(() => close(server), dispose);
  const answer = await globalThis.fetch(`http://127.0.0.1:${port}/api/video/health`);
  expect([answer.status, answer.headers.get('X-Answered')]).toEqual([299, '200']);
});
