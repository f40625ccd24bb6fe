import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError } from '../errors/backend-errors.ts';
import { RetryHandler } from './retry-handler.ts';

const ALLOWED_A_SECOND = 20;
const SECONDS = 10;
let server: Server;
let accepted = 0;

beforeAll(async () => {
  let windowStartedAtMs = 0;
  let inWindow = 0;
  server = createServer((_request, response) => {
    if (Date.now() - windowStartedAtMs >= 1000) [windowStartedAtMs, inWindow] = [Date.now(), 0];
    inWindow += 1;
    if (inWindow <= ALLOWED_A_SECOND) accepted += 1;
    response.writeHead(inWindow <= ALLOWED_A_SECOND ? 200 : 429).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('R12: in real time it settles near what a server of 20 requests a second allows', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const handler = new RetryHandler();
  const endsAtMs = Date.now() + SECONDS * 1000;
  let calls = 0;
  const client = async () => {
    while (Date.now() < endsAtMs && calls < 10_000) {
      calls += 1;
      const attempt = async (signal: AbortSignal) => {
        const { status } = await fetch(url, { signal });
        if (status === 429) throw new BackendError('BACKEND_THROTTLED', 'The server asks to slow down.');
      };
      await handler.run({ name: 'listVideos', class: 'always' }, attempt).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  const rate = accepted / SECONDS;
  expect(rate).toBeGreaterThan(ALLOWED_A_SECOND * 0.5);
  expect(rate).toBeLessThan(ALLOWED_A_SECOND * 1.5);
});
