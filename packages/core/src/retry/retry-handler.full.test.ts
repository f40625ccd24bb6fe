import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { BackendError } from '../errors/backend-errors.ts';
import { parseRetryAfter } from './retry-after.ts';
import { RetryHandler } from './retry-handler.ts';

const ALLOWED_A_SECOND = 20;
const CLIENTS = 5;
const PAUSE_OF_A_CLIENT_MS = 100;
const SECONDS = 12;
/** In the first seconds the rate is still settling. */
const SETTLING_SECONDS = 4;

/** A server that answers a limited number of requests a second and refuses the others; counts both for each second. */
async function throttlingServer(headers: Readonly<Record<string, string>>) {
  const startedAtMs = Date.now();
  const received: number[] = [];
  const accepted: number[] = [];
  const server = createServer((_request, response) => {
    const second = Math.floor((Date.now() - startedAtMs) / 1000);
    received[second] = (received[second] ?? 0) + 1;
    if ((accepted[second] ?? 0) >= ALLOWED_A_SECOND) return response.writeHead(429, headers).end();
    accepted[second] = (accepted[second] ?? 0) + 1;
    return response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rate = (counts: readonly number[]) =>
    counts.slice(SETTLING_SECONDS, SECONDS).reduce((sum, count) => sum + (count ?? 0), 0) /
    (SECONDS - SETTLING_SECONDS);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    receivedRate: () => rate(received),
    acceptedRate: () => rate(accepted),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test.concurrent.each([
  ['that sends no hint', {}],
  ['that sends a hint', { 'retry-after': '1' }],
])(
  'in real time the rate settles near what a server of 20 requests a second allows, one %s',
  async (_name, headers) => {
    const server = await throttlingServer(headers);
    const handler = new RetryHandler();
    const endsAtMs = Date.now() + SECONDS * 1000;
    const attempt = async (signal: AbortSignal) => {
      const { status, headers: answer } = await fetch(server.url, { signal });
      if (status !== 429) return;
      const retryAfterMs = parseRetryAfter(answer.get('retry-after'), Date.now());
      throw new BackendError('BACKEND_THROTTLED', 'The server asks to slow down.', { retryAfterMs });
    };
    const client = async () => {
      for (let calls = 0; Date.now() < endsAtMs && calls < 10_000; calls++) {
        await handler.run({ name: 'listVideos', class: 'always' }, attempt).catch((error: unknown) => error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_OF_A_CLIENT_MS));
      }
    };
    // Without limits, these clients would send 50 a second.
    await Promise.all(Array.from({ length: CLIENTS }, client));
    server.close();
    console.log(`${server.receivedRate()} requests a second, ${server.acceptedRate()} of them accepted`);
    expect(server.acceptedRate()).toBeGreaterThan(ALLOWED_A_SECOND * 0.5);
    expect(server.receivedRate()).toBeLessThan(ALLOWED_A_SECOND * 1.5);
  },
);
