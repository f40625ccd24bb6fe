import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoveredRanges } from './covered-ranges.ts';

const ranges = fc
  .tuple(fc.nat(100), fc.integer({ min: 1, max: 20 }))
  .map(([start, length]) => ({ start, end: start + length }));

test('covers exactly what any of the ranges covers, in whatever order they came (1 000 runs)', () => {
  fc.assert(
    fc.property(fc.array(fc.array(ranges, { maxLength: 5 }), { maxLength: 5 }), (batches) => {
      const covered = new CoveredRanges();
      for (const batch of batches) covered.add(batch);
      for (let position = 0; position < 130; position += 1) {
        const isInside = batches.flat().some(({ start, end }) => start <= position && position < end);
        expect([position, covered.covers(position)]).toEqual([position, isInside]);
      }
      expect(covered.size).toBeLessThanOrEqual(batches.flat().length);
    }),
    { numRuns: 1000 },
  );
});

test('ranges that touch count as one', () => {
  const covered = new CoveredRanges();
  covered.add([{ start: 8, end: 16 }]);
  covered.add([
    { start: 16, end: 24 },
    { start: 0, end: 8 },
    { start: 30, end: 31 },
  ]);
  expect(covered.size).toBe(2);
});
