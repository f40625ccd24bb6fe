import { describe, expect, test } from 'vitest';
import { estimateS3CloudFrontCost } from './cost-estimate.ts';

const GIGABYTE = 2 ** 30;
const TERABYTE = 2 ** 40;

describe('estimateS3CloudFrontCost', () => {
  test('10 TB of transfer cost about 780 dollars by use, and 15 by the Pro plan', () => {
    const estimate = estimateS3CloudFrontCost({ storedBytes: 0, views: 0, deliveredBytes: 10 * TERABYTE });
    // 9 TB after the free one, all in the first tier: 9 216 GB at 0.085.
    expect(estimate.monthlyUsd).toBeCloseTo(9216 * 0.085, 6);
    expect(estimate.alternatives?.[0]).toMatchObject({ plan: 'flat rate: Pro', monthlyUsd: 15 });
  });

  test('tiers: storage above 50 TB, transfer above 10 TB', () => {
    const stored = estimateS3CloudFrontCost({ storedBytes: 60 * TERABYTE, views: 0, deliveredBytes: 0 });
    expect(stored.monthlyUsd).toBeCloseTo(51_200 * 0.023 + 10_240 * 0.022, 6);
    const delivered = estimateS3CloudFrontCost({ storedBytes: 0, views: 0, deliveredBytes: 16 * TERABYTE });
    expect(delivered.monthlyUsd).toBeCloseTo(10_240 * 0.085 + 5 * 1024 * 0.08, 6);
  });

  test('regions share the free terabyte and have prices of their own', () => {
    const regionShares = { europe: 0.5, india: 0.5 };
    const estimate = estimateS3CloudFrontCost({ storedBytes: 0, views: 0, deliveredBytes: 3 * TERABYTE, regionShares });
    expect(estimate.monthlyUsd).toBeCloseTo(1024 * 0.085 + 1024 * 0.109, 6);
    const wrong = { storedBytes: 0, views: 0, regionShares: { europe: 0.5, atlantis: 0.5 } };
    expect(() => estimateS3CloudFrontCost(wrong)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });

  test('requests beyond ten million, uploads and invalidations beyond a thousand', () => {
    const usage = { storedBytes: 0, views: 2_000_000, deliveredBytes: 0, uploads: 1000, deletions: 1500 };
    expect(estimateS3CloudFrontCost(usage).monthlyUsd).toBeCloseTo(1000 * 0.01 + 0.005 + 500 * 0.005, 6);
  });

  test('the sum is that of the items, every assumption is named, prices can be overridden', () => {
    const usage = { storedBytes: 500 * GIGABYTE, views: 100_000 };
    const estimate = estimateS3CloudFrontCost(usage);
    expect(estimate.monthlyUsd).toBeCloseTo(
      estimate.items.reduce((sum, item) => sum + item.amountUsd, 0),
      9,
    );
    expect(estimate.assumptions.join(' ')).toMatch(/average video.*North America.*No uploads.*No deletes/s);
    expect(estimate.pricesAsOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(JSON.parse(JSON.stringify(estimate))).toEqual(estimate);
    const free = [{ upTo: Number.POSITIVE_INFINITY, unitPriceUsd: 0 }];
    const cheaper = estimateS3CloudFrontCost(usage, { storageGigabyteMonth: free });
    expect(cheaper.monthlyUsd).toBeLessThan(estimate.monthlyUsd);
  });
});
