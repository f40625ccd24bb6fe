import { createHash } from 'node:crypto';
import { ManualClock } from '@videostorage/testing';
import { afterEach, expect, test, vi } from 'vitest';
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

afterEach(() => void vi.restoreAllMocks());

test('the same videos are one invalidation, in any order; another deletion is another invalidation', async () => {
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

test.each([
  ['path', 15, (upload: string) => `/videos/${upload}/*`],
  ['cache-tag', 1000, (upload: string) => `#video:${upload}-mp4`],
] as const)(
  'by %s: at most %i videos at a time; the reference depends on purges and items alone',
  async (how, most, itemOf) => {
    const asked = vi.spyOn(client, 'createInvalidation').mockResolvedValue({ invalidationId: 'I1', completed: false });
    const edge = new CloudFrontEdge(client, new ObjectKeys(''), how);
    expect(edge.maxVideos).toBe(most);
    const uploads = ['b', 'c', 'a'].map((digit) => digit.repeat(32));
    const purges = uploads.map((upload, at) => ({ videoId: `${upload}-mp4`, purgeId: `p${at}` }));
    const { signal } = new AbortController();
    expect(await edge.purge(purges, signal)).toBe(false);
    const [b = '', c = '', a = ''] = uploads;
    const items = [a, b, c].map(itemOf);
    const text = [`${a}-mp4 p2`, `${b}-mp4 p0`, `${c}-mp4 p1`, ...items].join('\n');
    expect(asked).toHaveBeenCalledExactlyOnceWith(items, createHash('sha256').update(text).digest('hex'), signal);
  },
);
