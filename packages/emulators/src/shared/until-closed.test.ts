import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { sendRaw } from '../../test-support/send-raw.ts';
import { LoopbackServer } from './loopback-server.ts';
import { untilClosed } from './until-closed.ts';

test.each(['before', 'after'])('resolves for a client that disconnects %s the call', async (order) => {
  const server = await LoopbackServer.start();
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
  const waited = new Promise<boolean>((resolve) => {
    server.handle(async (_request, response) => {
      const closing = once(response, 'close');
      socket.destroy();
      if (order === 'before') await closing;
      await untilClosed(response);
      resolve(response.closed);
    });
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await waited).toBe(true);
  await server.stop();
});

test('resolves once the whole answer is sent', async () => {
  const server = await LoopbackServer.start();
  let isClosed = false;
  const waited = new Promise<void>((resolve) => {
    server.handle(async (_request, response) => {
      const closed = untilClosed(response).then(() => {
        isClosed = true;
      });
      await Promise.resolve();
      expect(isClosed).toBe(false);
      response.end('well');
      await closed;
      resolve();
    });
  });
  expect((await sendRaw(server.origin, 'GET', '/')).text).toBe('well');
  await waited;
  await server.stop();
});
