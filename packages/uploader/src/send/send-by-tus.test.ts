import { expect, test } from 'vitest';
import { chunkSizeOf } from './send-by-tus.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const stream = { minBytes: 5 * MIB, maxBytes: 200 * MIB, multipleOf: 256 * KIB };

test.each([
  ['the wanted one', stream, 16 * MIB, 16 * MIB],
  ['not below the smallest', stream, MIB, 5 * MIB],
  ['not above the largest', { ...stream, maxBytes: 8 * MIB }, 16 * MIB, 8 * MIB],
  ['a multiple, from below', stream, 6 * MIB + 1, 6 * MIB],
  ['a multiple, from above where the smallest is none', { minBytes: 300, maxBytes: 1000, multipleOf: 256 }, 100, 512],
  ['of a storage without rules', { minBytes: 1, maxBytes: 5_000_000_000, multipleOf: 1 }, 16 * MIB, 16 * MIB],
  ['of a rule that allows nothing', { minBytes: 0, maxBytes: 0, multipleOf: 1 }, 16 * MIB, 1],
])('a chunk is %s', (_, rule, wanted, expected) => {
  expect(chunkSizeOf(rule, wanted)).toBe(expected);
});
