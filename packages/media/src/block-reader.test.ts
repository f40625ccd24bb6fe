import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteReader } from '../test-support/byte-reader.ts';
import { BlockReader, ReadLimitError } from './block-reader.ts';

const BLOCK = 64 * 1024;
const MEBIBYTE = 1024 * 1024;
const { signal } = new AbortController();

function patterned(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);
}

/** Counts what is asked of a file of zeros that takes no memory. */
function countingReader(sizeBytes: number) {
  const asked: (readonly [number, number])[] = [];
  const read = async (start: number, end: number) => {
    asked.push([start, end]);
    return new Uint8Array(end - start);
  };
  return { sizeBytes, read, asked };
}

test('gives exactly the bytes, whatever is asked in whatever order (1 000 runs)', async () => {
  const bytes = patterned(3 * BLOCK + 1234);
  const part = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 2 * BLOCK }));
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
      const reader = new BlockReader(byteReader(bytes), Number.POSITIVE_INFINITY, signal);
      const ranges = parts.map(([start, length]) => [start, Math.min(bytes.length, start + length)] as const);
      const answers = await Promise.all(ranges.map(([start, end]) => reader.read(start, end)));
      for (const [index, [start, end]] of ranges.entries()) {
        expect(Buffer.compare(answers[index] ?? new Uint8Array(), bytes.subarray(start, end))).toBe(0);
      }
      expect(reader.bytesRead).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 1000 },
  );
});

test('asks for whole blocks, and for none twice', async () => {
  const file = countingReader(10 * BLOCK);
  const reader = new BlockReader(file, Number.POSITIVE_INFINITY, signal);
  await reader.read(5, 10);
  await reader.read(BLOCK - 1, BLOCK);
  await reader.read(4 * BLOCK + 1, 6 * BLOCK);
  await reader.read(3 * BLOCK, 7 * BLOCK);
  expect(file.asked).toEqual([
    [0, BLOCK],
    [4 * BLOCK, 6 * BLOCK],
    [3 * BLOCK, 4 * BLOCK],
    [6 * BLOCK, 7 * BLOCK],
  ]);
  expect([reader.reads, reader.bytesRead]).toEqual([4, 5 * BLOCK]);
});

test('reads ahead in growing pieces when a file is read from front to back', async () => {
  const file = countingReader(64 * MEBIBYTE);
  const reader = new BlockReader(file, Number.POSITIVE_INFINITY, signal);
  for (let start = 0; start < file.sizeBytes; start += 16 * 1024) await reader.read(start, start + 16 * 1024);
  expect(reader.bytesRead).toBe(file.sizeBytes);
  expect(reader.reads).toBeLessThan(30);
});

test('never asks for more than the limit, read-ahead included', async () => {
  const limit = 5 * MEBIBYTE;
  const reader = new BlockReader(countingReader(64 * MEBIBYTE), limit, signal);
  let start = 0;
  const readOn = async () => {
    for (; start < 64 * MEBIBYTE; start += 16 * 1024) await reader.read(start, start + 16 * 1024);
  };
  await expect(readOn()).rejects.toBeInstanceOf(ReadLimitError);
  expect(start).toBe(limit);
  expect(reader.bytesRead).toBe(limit);
});

test('refuses to hold more than 32 MiB at once, before anything is read', async () => {
  const file = countingReader(1e12);
  const reader = new BlockReader(file, Number.POSITIVE_INFINITY, signal);
  await expect(reader.read(0, 33 * MEBIBYTE)).rejects.toBeInstanceOf(ReadLimitError);
  expect(file.asked).toEqual([]);
  expect((await reader.read(0, 32 * MEBIBYTE)).length).toBe(32 * MEBIBYTE);
});

test('a read whose end is pushed out while its beginning is fetched: right, and for no more bytes than it lacked', async () => {
  const limit = 70 * MEBIBYTE;
  const asked: number[] = [];
  // Each block is filled with its own number.
  const read = async (start: number, end: number) => {
    asked.push(end - start);
    return new Uint8Array(end - start).map((_, index) => ((start + index) / BLOCK) & 255);
  };
  const reader = new BlockReader({ sizeBytes: 200 * MEBIBYTE, read }, limit, signal);
  await reader.read(0, 32 * MEBIBYTE);
  await reader.read(32 * MEBIBYTE, 60 * MEBIBYTE);
  const bytes = await reader.read(14 * MEBIBYTE, 46 * MEBIBYTE);
  for (let at = 0; at < bytes.length; at += BLOCK / 2) expect(bytes[at]).toBe(((14 * MEBIBYTE + at) / BLOCK) & 255);
  expect(reader.bytesRead).toBe(limit);
  for (const length of asked) expect(length).toBeGreaterThan(0);
  expect((await reader.read(0, 1).catch((error: Error) => error)).constructor).toBe(ReadLimitError);
});

test('tables of thirty megabytes are asked for once, though they are looked at twice', async () => {
  const reader = new BlockReader(countingReader(200 * MEBIBYTE), 31 * MEBIBYTE, signal);
  for (let turn = 0; turn < 2; turn += 1) await reader.read(MEBIBYTE, 31 * MEBIBYTE);
  expect(reader.bytesRead).toBe(30 * MEBIBYTE);
});

test('shows each fetched piece once', async () => {
  const reader = new BlockReader(countingReader(10 * BLOCK), Number.POSITIVE_INFINITY, signal);
  const seen: (readonly [number, number])[] = [];
  reader.onPiece = (start, bytes) => seen.push([start, bytes.length]);
  await reader.read(0, 1);
  await reader.read(0, 2);
  await reader.read(3 * BLOCK, 3 * BLOCK + 1);
  expect(seen).toEqual([
    [0, BLOCK],
    [3 * BLOCK, BLOCK],
  ]);
});
