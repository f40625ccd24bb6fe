import { ManualClock } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { ecKeyPair } from '../test-support/key-pairs.ts';
import { CloudFrontClient } from './cloudfront-client.ts';
import { CloudFrontEdge } from './cloudfront-edge.ts';
import { ObjectKeys } from './object-key.ts';
import { parseSigningKey } from './signing-key.ts';

const client = new CloudFrontClient({
  connect: () => Promise.reject(new Error('Nothing is sent here.')),
  distributionId: 'E2QWRUHAPOMQZL',
  signingKey: parseSigningKey(ecKeyPair.keyPairId, ecKeyPair.pem),
  hashAlgorithm: 'SHA256',
  clock: new ManualClock(),
});

test('the same videos are one invalidation, in whatever order they are named; another deletion is another one', async () => {
  const asked = vi.spyOn(client, 'createInvalidation').mockResolvedValue({ invalidationId: 'I1', completed: true });
  const edge = new CloudFrontEdge(client, new ObjectKeys(''), 'path');
  const { signal } = new AbortController();
  const [one, other] = ['a', 'b'].map((digit) => ({ videoId: `${digit.repeat(32)}-mp4`, purgeId: '1' }));
  if (one === undefined || other === undefined) throw new TypeError('There are two.');
  for (const purges of [
    [one, other],
    [other, one],
    [one, { ...other, purgeId: '2' }],
  ]) {
    expect(await edge.purge(purges, signal)).toBe(true);
  }
  const calls = asked.mock.calls.map(([items, reference]) => ({ items, reference }));
  expect(calls[0]?.items).toEqual(['a', 'b'].map((digit) => `/videos/${digit.repeat(32)}/*`));
  expect(calls[1]).toEqual(calls[0]);
  expect(calls[2]?.reference).not.toBe(calls[0]?.reference);
});
