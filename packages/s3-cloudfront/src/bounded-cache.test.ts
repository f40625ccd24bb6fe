import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('a value is made once for each key, and the oldest one is dropped beyond the capacity', () => {
  const cache = new BoundedCache<string>(2);
  const made: string[] = [];
  const get = (key: string) =>
    cache.getOrMake(key, () => {
      made.push(key);
      return `value of ${key}`;
    });
  expect([get('a'), get('b'), get('a')]).toEqual(['value of a', 'value of b', 'value of a']);
  expect(made).toEqual(['a', 'b']);
  expect(cache.size).toBe(2);
  get('c');
  expect(cache.size).toBe(2);
  get('b');
  expect(made).toEqual(['a', 'b', 'c']);
  get('a');
  expect(made).toEqual(['a', 'b', 'c', 'a']);
  expect(cache.size).toBe(2);
});
