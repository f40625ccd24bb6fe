import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { ecKeyPair } from '../test-support/key-pairs.ts';
import { CloudFrontClient } from './cloudfront-client.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import { parseSigningKey } from './signing-key.ts';

const settings = {
  distributionId: 'E2QWRUHAPOMQZL',
  signingKey: parseSigningKey(ecKeyPair.keyPairId, ecKeyPair.pem),
  hashAlgorithm: 'SHA256',
  clock: new ManualClock(),
} as const;

/** The SDK's client of a server that answers every invalidation alike. */
async function answering(answer: string) {
  const server = createServer((_request, response) => void response.writeHead(201).end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
  return { server, sdk: await makeCloudFrontClient(credentials, endpoint) };
}

test('the SDK’s client is made at the first invalidation, and once, unless that fails', async () => {
  const answer = '<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>';
  const { sdk, server } = await answering(answer);
  const busy = new Error('EMFILE');
  const connect = vi.fn(async () => sdk).mockRejectedValueOnce(busy);
  const client = new CloudFrontClient({ ...settings, connect });
  expect(connect).not.toHaveBeenCalled();
  const purge = (reference: string) => client.createInvalidation(['/videos/a/*'], reference);
  // After a failure the next call tries again.
  expect(await Promise.allSettled([purge('0'), purge('0')])).toMatchObject(Array(2).fill({ reason: busy }));
  const all = await Promise.all([purge('1'), purge('2')]);
  all.push(await purge('3'));
  expect(all).toEqual(Array(3).fill({ invalidationId: 'I1', completed: false }));
  expect(connect).toHaveBeenCalledTimes(2);
  sdk.destroy();
  server.close();
});

test.each([
  ['no id', '<Invalidation><Status>Completed</Status></Invalidation>'],
  ['no status', '<Invalidation><Id>I1</Id></Invalidation>'],
])('an answer with %s is not one of CloudFront; a caller who aborts gets their own reason', async (_name, answer) => {
  const { sdk, server } = await answering(answer);
  const client = new CloudFrontClient({ ...settings, connect: async () => sdk });
  await expect(client.createInvalidation(['/a'], 'r')).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
    message: expect.stringContaining('CloudFront'),
  });
  const reason = new Error('gone');
  await expect(client.createInvalidation(['/a'], 'r', AbortSignal.abort(reason))).rejects.toBe(reason);
  sdk.destroy();
  server.close();
});

test('an abort ends an invalidation that CloudFront does not answer', async () => {
  const [caller, reason] = [new AbortController(), new Error('gone')];
  let closed: Promise<unknown> | undefined;
  const server = createServer((_request, response) => {
    closed = once(response, 'close');
    caller.abort(reason);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sdk = await makeCloudFrontClient({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }, endpoint);
  const client = new CloudFrontClient({ ...settings, connect: async () => sdk });
  await expect(client.createInvalidation(['/a'], 'r', caller.signal)).rejects.toBe(reason);
  await closed;
  sdk.destroy();
  server.close();
});

test('neither a URL nor cookies are signed for terms that CloudFront would understand differently', () => {
  const connect = () => Promise.reject(new Error('Nothing is invalidated here.'));
  const client = new CloudFrontClient({ ...settings, connect });
  const scope = { path: '/videos/', sameSite: 'lax' } as const;
  const nowSeconds = Math.floor(settings.clock.now() / 1000);
  const good = { resource: 'https://cdn.example.com/videos/a/hls/*', expiresAtSeconds: nowSeconds + 1 };
  expect(client.getSignedUrl(good)).toContain('Signature=');
  expect(client.getSignedCookies(good, scope)).toHaveLength(4);
  for (const bad of [
    { ...good, expiresAtSeconds: nowSeconds },
    { ...good, resource: 'https://cdn.example.com/*/a' },
  ]) {
    expect(() => client.getSignedUrl(bad)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(() => client.getSignedCookies(bad, scope)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  }
});
