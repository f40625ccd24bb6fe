import { expect, test } from 'vitest';
import { enforceChunkRules } from './chunk-rules.ts';

const MIN_BYTES = 5_242_880;
const MAX_BYTES = 209_715_200;
const STEP_BYTES = 262_144;
const LENGTH_BYTES = 500_000_000;

/** 204, the answer to an accepted chunk, else the status of the refusal. */
function statusOf(chunkBytes: number | undefined, offset = 0): number {
  const headers = {
    'upload-offset': String(offset),
    ...(chunkBytes !== undefined && { 'content-length': String(chunkBytes) }),
  };
  try {
    enforceChunkRules(headers, LENGTH_BYTES);
    return 204;
  } catch (error) {
    return (error as { readonly status: number }).status;
  }
}

test.each([
  ['the smallest', MIN_BYTES, 204],
  ['one step less', MIN_BYTES - STEP_BYTES, 400],
  ['a byte more than the smallest', MIN_BYTES + 1, 400],
  ['a step more than the smallest', MIN_BYTES + STEP_BYTES, 204],
  ['the largest', MAX_BYTES, 204],
  ['a byte more than the largest', MAX_BYTES + 1, 413],
  ['without a length', undefined, 411],
])('a chunk in the middle, %s: %i bytes: %i', (_name, chunkBytes, status) => {
  expect(statusOf(chunkBytes)).toBe(status);
});

test.each([
  ['of one byte', 1, 204],
  ['that is not a multiple of 256 KiB', MIN_BYTES + 1, 204],
  ['above the largest', MAX_BYTES + 1, 413],
])('the last chunk %s: %i bytes: %i', (_name, chunkBytes, status) => {
  expect(statusOf(chunkBytes, LENGTH_BYTES - chunkBytes)).toBe(status);
});

test('a chunk that ends one byte before the end is not the last one', () => {
  expect(statusOf(1000, LENGTH_BYTES - 1001)).toBe(400);
});
