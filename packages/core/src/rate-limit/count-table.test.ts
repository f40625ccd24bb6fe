import { expect, test } from 'vitest';
import { AcceptedTimes } from './accepted-times.ts';
import { CountTable } from './count-table.ts';

test('a sweep examines up to its limit, the next one continues there, and every count is examined in time', () => {
  const table = new CountTable();
  for (const key of ['a', 'b', 'c', 'd']) table.set(key, new AcceptedTimes(1, 1000, [key === 'b' ? 5000 : 0]));
  const keys = () => ['a', 'b', 'c', 'd'].filter((key) => table.get(key) !== undefined).join('');
  table.sweep(1000, 1);
  expect(keys()).toBe('bcd');
  table.sweep(1000, 2);
  expect(keys()).toBe('bd');
  table.sweep(1000, 0);
  expect(keys()).toBe('bd');
  table.sweep(1000, 9);
  expect(keys()).toBe('b');
  table.sweep(6000, 9);
  expect([keys(), table.size]).toEqual(['', 0]);
});
