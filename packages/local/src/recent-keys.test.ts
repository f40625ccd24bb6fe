import { expect, test } from 'vitest';
import { RecentKeys } from './recent-keys.ts';

test('knows the last keys, and forgets the oldest first', () => {
  const keys = new RecentKeys(2);
  expect(['a', 'b', 'a', 'c', 'b', 'a'].map((key) => keys.add(key))).toEqual([true, true, false, true, false, true]);
});
