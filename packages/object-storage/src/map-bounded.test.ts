import { expect, test } from 'vitest';
import { mapBounded } from './map-bounded.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('results come in the order of the items, whichever ends first', async () => {
  const results = await mapBounded([3, 1, 2], 3, async (count) => {
    for (let turns = 0; turns < count; turns++) await turn();
    return count * 10;
  });
  expect(results).toEqual([30, 10, 20]);
});

test('as many items as allowed are worked on at once, and never fewer while some are left', async () => {
  const open: number[] = [];
  let now = 0;
  await mapBounded(Array.from({ length: 9 }), 4, async () => {
    now += 1;
    open.push(now);
    await turn();
    now -= 1;
  });
  expect(open).toEqual([1, 2, 3, 4, 4, 4, 4, 4, 4]);
});

test('no item is begun after a failure, with which the call rejects', async () => {
  const begun: number[] = [];
  const work = mapBounded([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    await turn();
    if (item === 1) throw new Error('No.');
    await turn();
  });
  await expect(work).rejects.toThrow('No.');
  await turn();
  await turn();
  expect(begun).toEqual([1, 2]);
});

test('without items nothing is done', async () => {
  expect(await mapBounded([], 4, () => Promise.reject(new Error('No.')))).toEqual([]);
});
