import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

const sizes = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test('any header gives a part inside the file, the whole file, or 416 (1 000 runs)', () => {
  const headers = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(), fc.nat()).map(([first, last]) => `bytes=${first}-${last}`),
    fc.bigInt({ min: 0n }).map((number) => `bytes=${number}-`),
    fc.bigInt({ min: 0n }).map((number) => `bytes=-${number}`),
  );
  fc.assert(
    fc.property(headers, sizes, (header, size) => {
      const range = parseByteRange(header, size);
      if (range === undefined || range === 'unsatisfiable') return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.start).toBeLessThan(range.end);
      expect(range.end).toBeLessThanOrEqual(size);
    }),
    { numRuns: 1000 },
  );
});

test('a range inside the file is exactly the requested one (1 000 runs)', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (start, length) => {
      expect(parseByteRange(`bytes=${start}-${start + length}`, start + length + 1)).toEqual({
        start,
        end: start + length + 1,
      });
      expect(parseByteRange(`bytes=${start}-`, start + length + 1)).toEqual({ start, end: start + length + 1 });
      expect(parseByteRange(`bytes=-${length + 1}`, start + length + 1)).toEqual({ start, end: start + length + 1 });
    }),
    { numRuns: 1000 },
  );
});

test('no header means the whole file', () => {
  expect(parseByteRange(null, 5)).toBeUndefined();
});

test('a number with very many digits is beyond the end, and is read in no time', () => {
  const endless = '9'.repeat(16_000);
  expect(parseByteRange(`bytes=${endless}-`, 5)).toBe('unsatisfiable');
  expect(parseByteRange(`bytes=2-${endless}`, 5)).toEqual({ start: 2, end: 5 });
  expect(parseByteRange(`bytes=-${endless}`, 5)).toEqual({ start: 0, end: 5 });
  expect(parseByteRange(`bytes=${'0'.repeat(16_000)}1-3`, 5)).toEqual({ start: 1, end: 4 });
});
