import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Agent, type Dispatcher, MockAgent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { FaultServer, http } from '../../test-support/fault-server.ts';
import { createHttpSend as createEdgeSend } from './edge-http.ts';
import type { HttpRequest } from './http-send.ts';
import { createHttpSend } from './node-http.ts';

const servers: FaultServer[] = [];
const HUGE = 'x'.repeat(17 * 1024 * 1024);

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(
  answer: FaultServer['answer'],
): Promise<{ readonly server: FaultServer; readonly request: HttpRequest }> {
  const server = await FaultServer.start();
  servers.push(server);
  server.answer = answer;
  return { server, request: { method: 'GET', url: `http://127.0.0.1:${server.port}/x`, headers: {} } };
}

test('an injected dispatcher makes every request', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent
    .get('https://api.example.com')
    .intercept({ path: '/x' })
    .reply(200, 'mocked', { headers: { 'CF-Ray': 'r1' } });
  const send = createHttpSend({ dispatcher: agent });
  const answer = await send({ method: 'GET', url: 'https://api.example.com/x', headers: {} });
  expect([answer.status, answer.text, answer.header('cf-ray')]).toEqual([200, 'mocked', 'r1']);
});

test('a stall ends after ten seconds, before the headers and in the body, whoever made the connection', async () => {
  const { request } = await serve(http(200, 'ok'));
  const seen: Dispatcher.DispatchOptions[] = [];
  const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    seen.push(options);
    return dispatch(options, handler);
  });
  await createHttpSend({ dispatcher })(request);
  expect(seen).toMatchObject([{ headersTimeout: 10_000, bodyTimeout: 10_000 }]);
});

const withLength = http(200, HUGE);
const withoutLength: FaultServer['answer'] = (socket) => {
  socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${HUGE}`);
};

describe.each([
  ['the storage’s own pool', () => createHttpSend(), withLength],
  ['a dispatcher of the host, which has no bounds', () => createHttpSend({ dispatcher: new Agent() }), withoutLength],
  ['fetch of an edge runtime', () => createEdgeSend(), withoutLength],
] as const)('over %s', (_name, create, tooLarge) => {
  test('an answer ends at 16 MiB, with a declared length or without', async () => {
    const { request } = await serve(tooLarge);
    await expect(create()(request)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test('a redirect is not followed: it is the answer, and the token is not sent on', async () => {
    const elsewhere = await serve(http(200, 'stolen'));
    const { request } = await serve(http(302, '', { Location: elsewhere.request.url }));
    const answer = await create()({ ...request, headers: { authorization: 'Bearer canary' } });
    expect(answer.status === 302 || answer.status === 0).toBe(true);
    expect(elsewhere.server.requests).toEqual([]);
  });

  test('characters that are split over two packets are joined', async () => {
    const bytes = Buffer.from('größer 漢字');
    const { request } = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n`);
      for (const byte of bytes) socket.write(Buffer.of(byte));
      socket.end();
    });
    expect((await create()(request)).text).toBe('größer 漢字');
  });

  test('a form arrives as multipart with its file', async () => {
    let seen = '';
    const { request } = await serve((socket, text) => {
      seen = text;
      http(200, 'ok')(socket, text);
    });
    const body = new FormData();
    body.append('file', new Blob(['WEBVTT'], { type: 'text/vtt' }), 'captions.vtt');
    body.append('label', 'Deutsch');
    await create()({ ...request, method: 'PUT', body });
    expect(seen).toMatch(/content-type: multipart\/form-data; boundary=/i);
    expect(seen).toContain('name="file"; filename="captions.vtt"');
    expect(seen).toMatch(/name="label"\r\n\r\nDeutsch\r\n/);
  });

  test('headers can be read by their names, also of an answer without a body', async () => {
    const { request } = await serve((socket) => {
      socket.end('HTTP/1.1 204 No Content\r\nCF-Ray: r1\r\nConnection: close\r\n\r\n');
    });
    const answer = await create()(request);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect([answer.header('cf-ray'), answer.header('retry-after')]).toEqual(['r1', undefined]);
  });

  test('an abort closes the connection', async () => {
    const [controller, reason] = [new AbortController(), new Error('gone')];
    let closed: Promise<string> | undefined;
    const { request } = await serve((socket) => {
      closed = once(socket, 'close').then(() => 'closed');
      controller.abort(reason);
    });
    const ended = create()({ ...request, signal: controller.signal }).catch((error: unknown) => error);
    // Without the abort both would end by themselves after ten seconds.
    const late = sleep(8000, 'late', { ref: false });
    expect(await Promise.race([ended, late])).toBe(reason);
    expect(await Promise.race([closed, late])).toBe('closed');
  });

  test('a caller who aborts gets their own reason; no error shows a header', async () => {
    const reason = new Error('gone');
    const controller = new AbortController();
    const { request } = await serve(() => controller.abort(reason));
    await expect(create()({ ...request, signal: controller.signal })).rejects.toBe(reason);
    const broken = await serve((socket) => socket.resetAndDestroy());
    const headers = { authorization: 'Bearer canary' };
    const error: unknown = await create()({ ...broken.request, headers }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', notSent: false });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
  });
});
