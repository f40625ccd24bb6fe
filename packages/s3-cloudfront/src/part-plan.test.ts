import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import {
  MAX_OBJECT_SIZE_BYTES,
  MAX_PART_SIZE_BYTES,
  MAX_PARTS,
  MIN_PART_SIZE_BYTES,
  partSizeBytesOf,
  planParts,
} from './part-plan.ts';

describe('planParts', () => {
  test('property 13: parts cover the file with no gap and no overlap, within S3’s bounds', () => {
    const sizes = fc.maxSafeInteger().map((size) => 1 + (Math.abs(size) % MAX_OBJECT_SIZE_BYTES));
    const preferred = fc.integer({ min: MIN_PART_SIZE_BYTES, max: MAX_PART_SIZE_BYTES });
    fc.assert(
      fc.property(fc.oneof(sizes, fc.integer({ min: 1, max: 1e9 })), preferred, (sizeBytes, preferredSize) => {
        const plan = planParts(sizeBytes, preferredSize);
        expect(plan.partCount).toBeLessThanOrEqual(MAX_PARTS);
        expect(plan.partSizeBytes).toBeGreaterThanOrEqual(MIN_PART_SIZE_BYTES);
        expect(plan.partSizeBytes).toBeLessThanOrEqual(MAX_PART_SIZE_BYTES);
        const last = partSizeBytesOf(plan.partCount, sizeBytes, plan);
        expect(last).toBeGreaterThan(0);
        expect(last).toBeLessThanOrEqual(plan.partSizeBytes);
        expect((plan.partCount - 1) * plan.partSizeBytes + last).toBe(sizeBytes);
        if (plan.partCount > 1) expect(partSizeBytesOf(1, sizeBytes, plan)).toBe(plan.partSizeBytes);
      }),
      propertyRuns(300),
    );
  });

  test('the largest object goes up in 10 000 parts of 5 GiB', () => {
    expect(planParts(MAX_OBJECT_SIZE_BYTES, MIN_PART_SIZE_BYTES)).toEqual({
      partSizeBytes: MAX_PART_SIZE_BYTES,
      partCount: 10_000,
    });
  });

  test.each([0, -1, 4, 1.5, Number.NaN, 10_001])('T-A4: part number %s is refused', (partNumber) => {
    const plan = planParts(3 * MIN_PART_SIZE_BYTES, MIN_PART_SIZE_BYTES);
    expect(() => partSizeBytesOf(partNumber, 3 * MIN_PART_SIZE_BYTES, plan)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        problems: [{ path: 'partNumbers', code: 'OPTION_INVALID', message: 'Part numbers go from 1 to 3.' }],
      }),
    );
  });
});
