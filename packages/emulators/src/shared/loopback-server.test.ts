import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { sendRaw } from '../../test-support/send-raw.ts';
import { LoopbackServer } from './loopback-server.ts';

test('stops only when the requests that had begun have ended', async () => {
  const server = await LoopbackServer.start();
  let end = () => {};
  const begun = new Promise<void>((resolve) => {
    server.handle(() => {
      resolve();
      return new Promise<void>((ended) => (end = ended));
    });
  });
  const asked = sendRaw(server.origin, 'GET', '/').then(String, String);
  await begun;
  let isStopped = false;
  const stopped = server.stop().then(() => (isStopped = true));
  expect(await asked).toContain('Error');
  expect(isStopped).toBe(false);
  end();
  await stopped;
});

test('a handler that fails ends only the connection of its request', async () => {
  const server = await LoopbackServer.start();
  let calls = 0;
  server.handle(async (_request, response) => {
    calls += 1;
    if (calls === 1) throw new Error('broken');
    response.end('well');
  });
  await expect(sendRaw(server.origin, 'GET', '/')).rejects.toThrow();
  expect((await sendRaw(server.origin, 'GET', '/')).text).toBe('well');
  await server.stop();
});

test('listens on the loopback interface only, on the given port', async () => {
  const free = await LoopbackServer.start();
  const port = Number(new URL(free.origin).port);
  await expect(LoopbackServer.start(port)).rejects.toThrow('EADDRINUSE');
  await free.stop();
  const server = await LoopbackServer.start(port);
  expect(server.origin).toBe(`http://127.0.0.1:${port}`);
  await server.stop();
  const socket = connect(port, '127.0.0.1');
  expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
});
