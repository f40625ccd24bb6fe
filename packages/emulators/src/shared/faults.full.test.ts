import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { sendRaw } from '../../test-support/send-raw.ts';
import { S3Emulator } from '../s3/s3-emulator.ts';
import { HttpFaultProxy } from './http-fault-proxy.ts';
import { TcpFaultProxy } from './tcp-fault-proxy.ts';

const BODY = 'x'.repeat(1_000_000);
let s3: S3Emulator;
let proxy: HttpFaultProxy;

beforeEach(async () => {
  s3 = await S3Emulator.start();
  proxy = await HttpFaultProxy.start(s3.endpoint);
  await new S3TestClient(s3).call('PUT', 'k', { body: BODY });
});
afterEach(async () => {
  await proxy.stop();
  await s3.stop();
});

/** The same bucket, used directly or through the proxy; each with its own `failNext`. */
const fronts = () => {
  const { region, bucket, accessKeyId, secretAccessKey } = s3;
  const behind = { region, bucket, accessKeyId, secretAccessKey, endpoint: proxy.origin };
  return {
    'the emulator': { client: new S3TestClient(s3), front: s3 },
    'the proxy': { client: new S3TestClient(behind), front: proxy },
  };
};

test('a fault with `times` 0 happens to no request, and an invalid `times` is refused', async () => {
  const client = new S3TestClient(s3);
  s3.failNext({ kind: 'status', status: 503 }, { times: 0 });
  expect((await client.call('HEAD', 'k')).status).toBe(200);
  for (const times of [-1, 0.5, Number.NaN])
    expect(() => s3.failNext({ kind: 'status', status: 503 }, { times })).toThrow(TypeError);
  s3.failNext({ kind: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY });
  for (let count = 0; count < 3; count += 1) expect((await client.call('HEAD', 'k')).status).toBe(503);
});

test('faults for the same requests happen one after the other', async () => {
  const client = new S3TestClient(s3);
  const matches = () => true;
  for (const status of [503, 500]) s3.failNext({ kind: 'status', status }, { matches });
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await client.call('HEAD', 'k')).status);
  expect(statuses).toEqual([503, 500, 200]);
});

describe.each(['the emulator', 'the proxy'] as const)('%s fails', (name) => {
  test('with a status and without effect, as often as scripted', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'status', status: 503, retryAfterSeconds: 7, body: 'SlowDown' }, { times: 2 });
    for (let count = 0; count < 2; count += 1) {
      const answer = await client.call('PUT', 'new', { body: BODY });
      expect([answer.status, answer.text, answer.headers['retry-after']]).toEqual([503, 'SlowDown', '7']);
    }
    expect(s3.keys).toEqual(['k']);
    expect((await client.call('PUT', 'new', { body: BODY })).status).toBe(200);
  });

  test('with a reset before the work', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'reset', when: 'before-effect' });
    await expect(client.call('DELETE', 'k')).rejects.toThrow('ECONNRESET');
    expect(s3.keys).toEqual(['k']);
  });

  test('with a reset after the work, without a byte of the answer', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'reset', when: 'after-effect' });
    await expect(client.call('PUT', 'new', { body: BODY })).rejects.toThrow('ECONNRESET');
    expect(s3.keys).toEqual(['k', 'new']);
    front.failNext({ kind: 'reset', when: 'after-effect' });
    await expect(client.call('GET', 'k')).rejects.toThrow('ECONNRESET');
  });

  test('with an answer that ends in its middle, streamed or not', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'truncated' });
    await expect(client.call('GET', 'k')).rejects.toThrow('aborted');
    front.failNext({ kind: 'truncated' });
    await expect(client.call('GET', 'none')).rejects.toThrow('aborted');
  });

  test('with a proxy’s page', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'html' });
    const answer = await client.call('PUT', 'new', { body: BODY });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html']);
    expect(answer.headers['x-amz-request-id']).toBeUndefined();
    expect(s3.keys).toEqual(['k']);
  });

  test('with a body of a given size, and one that never ends', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'endless', start: '<List>', repeat: '<Key>k</Key>', sizeBytes: 100_000 });
    const { status, text } = await client.call('GET', undefined, { query: { 'list-type': '2' } });
    expect([status, text.length, text.slice(0, 18)]).toEqual([200, 100_000, '<List><Key>k</Key>']);
    front.failNext({ kind: 'endless' });
    const target = `${name === 'the proxy' ? proxy.origin : s3.endpoint}${new S3TestClient(s3).presign('GET', 'k')}`;
    let seenBytes = 0;
    for await (const chunk of (await fetch(target)).body ?? []) {
      seenBytes += chunk.length;
      if (seenBytes > 4_000_000) break;
    }
    expect(seenBytes).toBeGreaterThan(4_000_000);
    await front.stop();
  });

  test('late, and stops without waiting for the answer', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'slow', delayMs: 1 });
    expect((await client.call('HEAD', 'k')).status).toBe(200);
    front.failNext({ kind: 'slow', delayMs: 1e9 });
    const waiting = client.call('HEAD', 'k');
    const settled = waiting.then(String, String);
    await client.call('HEAD', 'k');
    await front.stop();
    expect(await settled).toContain('Error');
  });

  test('never answering, until it stops', async () => {
    const { client, front } = fronts()[name];
    front.failNext({ kind: 'hang' }, { matches: ({ method }) => method === 'PUT' });
    const hanging = client.call('PUT', 'new', { body: BODY }).then(String, String);
    expect((await client.call('HEAD', 'k')).status).toBe(200);
    await front.stop();
    expect(await hanging).toContain('Error');
    expect(s3.keys).toEqual(['k']);
  });
});

test('a slow emulator does the work even when the client has disconnected', async () => {
  s3.failNext({ kind: 'slow', delayMs: 1e9 }, { matches: ({ method }) => method === 'DELETE' });
  const abort = new AbortController();
  const target = `${s3.endpoint}${new S3TestClient(s3).presign('DELETE', 'k')}`;
  const asked = fetch(target, { method: 'DELETE', signal: abort.signal }).then(String, String);
  await vi.waitUntil(() => s3.requests.some((line) => line.startsWith('DELETE')));
  abort.abort();
  expect(await asked).toContain('AbortError');
  await vi.waitUntil(() => s3.keys.length === 0);
});

test('a slow emulator drops a form whose sender has disconnected', async () => {
  s3.failNext({ kind: 'slow', delayMs: 1e9 });
  const abort = new AbortController();
  const body = new FormData();
  body.append('key', 'form');
  const posted = fetch(`${s3.endpoint}/videos`, { method: 'POST', body, signal: abort.signal }).then(String, String);
  await vi.waitUntil(() => s3.requests.includes('POST /videos'));
  abort.abort();
  expect(await posted).toContain('AbortError');
  await s3.stop();
  expect(s3.keys).toEqual(['k']);
});

describe('the HTTP proxy', () => {
  test('ends the connection when its target is gone', async () => {
    await s3.stop();
    await expect(sendRaw(proxy.origin, 'GET', '/k')).rejects.toThrow();
  });

  test('ends its answer early when its target does', async () => {
    const client = fronts()['the proxy'].client;
    s3.failNext({ kind: 'truncated' });
    await expect(client.call('GET', 'k')).rejects.toThrow();
    expect((await client.call('GET', 'k')).text).toBe(BODY);
  });
});

describe('the TCP proxy', () => {
  test('resets once at the scripted byte, and transfers whole files before and after', async () => {
    const tcp = await TcpFaultProxy.start(Number(new URL(s3.endpoint).port));
    const { region, bucket, accessKeyId, secretAccessKey } = s3;
    const client = new S3TestClient({ region, bucket, accessKeyId, secretAccessKey, endpoint: tcp.origin });
    expect((await client.call('PUT', 'one', { body: BODY })).status).toBe(200);
    tcp.cutAfterUpload(500_000);
    await expect(client.call('PUT', 'two', { body: BODY })).rejects.toThrow();
    expect(tcp.cutCount).toBe(1);
    expect((await client.call('PUT', 'three', { body: BODY })).status).toBe(200);
    expect((await client.call('GET', 'three')).text).toBe(BODY);
    expect(s3.keys).toEqual(['k', 'one', 'three']);
    // The whole file twice and its first half once, each with the head of its request.
    expect(tcp.uploadedBytes).toBeGreaterThan(2 * BODY.length + 500_000);
    expect(tcp.uploadedBytes).toBeLessThan(3 * BODY.length + 10_000);
    await tcp.stop();
  });

  test('limits the speed of uploads, and transfers every byte', async () => {
    const tcp = await TcpFaultProxy.start(Number(new URL(s3.endpoint).port));
    const { region, bucket, accessKeyId, secretAccessKey } = s3;
    const client = new S3TestClient({ region, bucket, accessKeyId, secretAccessKey, endpoint: tcp.origin });
    tcp.slowUpload(BODY.length * 4);
    const begunAt = performance.now();
    expect((await client.call('PUT', 'slow', { body: BODY })).status).toBe(200);
    // The last piece may be answered before its time is over.
    expect(performance.now() - begunAt).toBeGreaterThan(150);
    tcp.slowUpload(Number.POSITIVE_INFINITY);
    expect((await client.call('GET', 'slow')).text).toBe(BODY);
    await tcp.stop();
  });

  test('forwards no byte after the reset', async () => {
    const received: Buffer[] = [];
    const sink = createServer((socket) =>
      socket.on('data', (chunk) => received.push(chunk)).on('error', () => undefined),
    );
    await new Promise<void>((resolve) => void sink.listen(0, '127.0.0.1', resolve));
    const tcp = await TcpFaultProxy.start(() => (sink.address() as AddressInfo).port);
    tcp.cutAfterUpload(100_000);
    await expect(sendRaw(tcp.origin, 'PUT', '/', {}, BODY.repeat(10))).rejects.toThrow();
    await new Promise<void>((resolve) => void sink.close(() => resolve()));
    expect(Buffer.concat(received).length).toBeLessThanOrEqual(100_000);
    expect(Buffer.concat(received).length).toBeGreaterThan(0);
    await tcp.stop();
  });
});
