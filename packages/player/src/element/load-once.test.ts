import { expect, test, vi } from 'vitest';
import { loadOnce } from './load-once.ts';

test('loads once for all, and again only after it failed', async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('offline')).mockResolvedValue('script');
  const get = loadOnce(load);
  const both = await Promise.allSettled([get(), get()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(load).toHaveBeenCalledTimes(1);
  expect(await get()).toBe('script');
  expect(await get()).toBe('script');
  expect(load).toHaveBeenCalledTimes(2);
});
