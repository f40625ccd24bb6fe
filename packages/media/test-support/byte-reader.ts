import type { RangeReader } from '../src/range-reader.ts';

/** A file in memory. */
export function byteReader(bytes: Uint8Array): RangeReader {
  return { sizeBytes: bytes.length, read: async (start, end) => bytes.slice(start, end) };
}

/** A file that begins with `head`, ends with `tail` and has zeros in between, without taking the memory. */
export function sparseReader(head: Uint8Array, zeroBytes: number, tail: Uint8Array): RangeReader {
  const tailStart = head.length + zeroBytes;
  return {
    sizeBytes: tailStart + tail.length,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      for (const [from, part] of [[0, head] as const, [tailStart, tail] as const]) {
        const first = Math.max(start, from);
        const last = Math.min(end, from + part.length);
        if (first < last) bytes.set(part.subarray(first - from, last - from), first - start);
      }
      return bytes;
    },
  };
}
