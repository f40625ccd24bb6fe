import { MemoryRateLimitStore } from '@videostorage/core';
import { expect, test, vi } from 'vitest';
import { LocalShare } from './local-share.ts';

test.each([
  [20, 1, 20],
  [20, 8, 2],
  [20, 20, 1],
  [20, 21, 1],
  [1, 1000, 1],
])('T-E8: with a limit of %i and %i processes, one process allows %i', async (limit, processes, share) => {
  const store = new LocalShare(new MemoryRateLimitStore(), processes);
  const take = async () => (await store.take([{ key: 'a', limit, windowMs: 60_000 }]))[0];
  for (let count = 1; count <= share; count += 1) {
    expect(await take()).toMatchObject({ allowed: true, limit, remaining: share - count });
  }
  expect(await take()).toMatchObject({ allowed: false, limit, remaining: 0 });
});

test('keys and windows reach the store unchanged, and its failure reaches the caller', async () => {
  const take = vi.fn(() => Promise.reject(new Error('full')));
  const store = new LocalShare({ take }, 2);
  await expect(store.take([{ key: 'a', limit: 4, windowMs: 7 }])).rejects.toThrow('full');
  expect(take.mock.calls).toEqual([[[{ key: 'a', limit: 2, windowMs: 7 }]]]);
});
