import { expect, test } from 'vitest';
import { joinChunks } from './join-chunks.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('chunks are joined in their order; a single one is returned itself, and of none the result is empty', () => {
  expect(joinChunks([bytes(1, 2), bytes(), bytes(3)], 3)).toEqual(bytes(1, 2, 3));
  const single = bytes(4, 5);
  expect(joinChunks([single], 2)).toBe(single);
  expect(joinChunks([], 0)).toEqual(bytes());
});
