import type { CostEstimate, Usage } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { estimateS3CloudFrontCost } from './cost-estimate.ts';
import { PRICES, type S3Prices } from './pricing.ts';

const MEBIBYTE = 2 ** 20;
const GIGABYTE = 2 ** 30;
const TERABYTE = 2 ** 40;
const settings = { hasDistribution: true, multipartThresholdBytes: 100 * MEBIBYTE, partSizeBytes: 16 * MEBIBYTE };
const nothing: Usage = { storedBytes: 0, views: 0, deliveredBytes: 0 };

const estimate = (usage: Partial<Usage>, overrides: Partial<S3Prices> = {}, own: Partial<typeof settings> = {}) =>
  estimateS3CloudFrontCost({ ...nothing, ...usage }, overrides, { ...settings, ...own });
const dollars = (...parameters: Parameters<typeof estimate>) => estimate(...parameters).monthlyUsd;
const planOf = (usage: Partial<Usage>, plan: string) =>
  estimate(usage).alternatives?.find((alternative) => alternative.plan === `flat rate: ${plan}`)?.monthlyUsd;

describe('by use', () => {
  test('an empty month costs nothing', () => {
    expect(estimate({})).toMatchObject({ plan: 'pay as you go', monthlyUsd: 0, items: [] });
  });

  // Expected sums are worked out by hand from AWS's table, in gigabytes of 2^30 bytes.
  test.each([
    [1, 23.552], // 1 024 x 0.023
    [50, 1177.6], // 51 200 x 0.023
    [60, 1402.88], // 1 177.60 + 10 240 x 0.022
    [600, 13_465.6], // 1 177.60 + 460 800 x 0.022 + 102 400 x 0.021
  ])('%i TB stored: %f dollars', (terabytes, expected) => {
    expect(dollars({ storedBytes: terabytes * TERABYTE })).toBeCloseTo(expected, 6);
  });

  test.each([
    [1, 0], // free
    [2, 87.04], // 1 024 x 0.085
    [11, 870.4], // 10 240 x 0.085
    [16, 1280], // 870.40 + 5 120 x 0.080
    [51, 4147.2], // 870.40 + 40 960 x 0.080
    [151, 10_291.2], // 4 147.20 + 102 400 x 0.060
    [1025, 40_724.48], // 10 291.20 + 358 400 x 0.040 + 536 576 x 0.030
    [6121, 166_062.08], // 40 724.48 + 4 194 304 x 0.025 + 1 024 000 x 0.020
  ])('%i TB delivered in North America: %f dollars', (terabytes, expected) => {
    expect(dollars({ deliveredBytes: terabytes * TERABYTE })).toBeCloseTo(expected, 6);
  });

  test.each([
    ['north-america', 870.4, 0.01],
    ['europe', 870.4, 0.012],
    ['africa-middle-east', 1126.4, 0.012],
    ['south-america', 1126.4, 0.022],
    ['japan', 1167.36, 0.012],
    ['australia', 1167.36, 0.0125],
    ['asia-pacific', 1228.8, 0.012],
    ['india', 1116.16, 0.012],
  ])('%s: its first ten terabytes %f dollars, ten thousand requests %f', (region, transfer, request) => {
    const regionShares = { [region]: 1 };
    expect(dollars({ deliveredBytes: 11 * TERABYTE, regionShares })).toBeCloseTo(transfer, 6);
    expect(dollars({ views: 1_001_000, regionShares })).toBeCloseTo(request, 9);
  });

  test('regions share the free terabyte and the free requests; each has tiers of its own', () => {
    const regionShares = { europe: 0.5, india: 0.5 };
    expect(dollars({ deliveredBytes: 3 * TERABYTE, regionShares })).toBeCloseTo(1024 * 0.085 + 1024 * 0.109, 6);
    // 10.5 TB of each after the free one: the second tier begins in both.
    const both = 10_240 * (0.085 + 0.109) + 512 * (0.08 + 0.085);
    expect(dollars({ deliveredBytes: 22 * TERABYTE, regionShares })).toBeCloseTo(both, 6);
    expect(dollars({ views: 1_002_000, regionShares })).toBeCloseTo(0.024, 9);
  });

  test('requests beyond ten million, uploads by POST, deletes with their lists and invalidations beyond a thousand', () => {
    expect(dollars({ views: 2_000_000 })).toBeCloseTo(10, 6);
    // 5 000 of POST, COPY and PUT at 0.005 a thousand, 5 000 GET at 0.0004.
    expect(dollars({ uploads: 1000 })).toBeCloseTo(0.027, 9);
    // 7 500 of PUT and LIST, 6 000 GET, and 500 paths at half a cent.
    expect(dollars({ deletions: 1500 })).toBeCloseTo(0.0375 + 0.0024 + 2.5, 9);
    // 6 000 and 3 000, and no edges.
    expect(dollars({ deletions: 1500 }, {}, { hasDistribution: false })).toBeCloseTo(0.03 + 0.0012, 9);
  });

  test('an upload in parts pays for each of them, for its beginning and its end', () => {
    const usage = { videos: 10, storedBytes: 10 * GIGABYTE, uploads: 1000 };
    // 64 parts of 16 MiB and six more; five GET.
    expect(dollars(usage)).toBeCloseTo(10 * 0.023 + 70 * 0.005 + 5 * 0.0004, 9);
    expect(estimate(usage).assumptions.join(' ')).toContain(
      '64 parts; with its confirm 6 PUT, COPY, POST or LIST and 5 GET',
    );
    const threshold = { videos: 1, storedBytes: settings.multipartThresholdBytes };
    expect(estimate(threshold).assumptions.join(' ')).toContain('An upload is 7 parts;');
    expect(estimate({ ...threshold, storedBytes: threshold.storedBytes - 1 }).assumptions.join(' ')).toContain(
      'one form;',
    );
  });
});

describe('flat rates', () => {
  test('10 TB cost 783 dollars by use and 15 by the Pro plan', () => {
    const usage = { deliveredBytes: 10 * TERABYTE };
    expect(dollars(usage)).toBeCloseTo(783.36, 6);
    expect(planOf(usage, 'Pro')).toBe(15);
    expect(planOf(usage, 'Free')).toBeUndefined();
  });

  test.each<[string, Partial<Usage>, readonly string[]]>([
    ['100 GB', { deliveredBytes: 100 * GIGABYTE }, ['Free', 'Pro', 'Business', 'Premium']],
    ['50 TB', { deliveredBytes: 50 * TERABYTE }, ['Pro', 'Business', 'Premium']],
    ['11 million requests', { views: 1_100_000 }, ['Business', 'Premium']],
    ['70 TB', { deliveredBytes: 70 * TERABYTE }, []],
    ['601 TB', { deliveredBytes: 601 * TERABYTE }, []],
  ])('%s lead to the plans that include them', (_name, usage, plans) => {
    const names = (estimate(usage).alternatives ?? []).map(({ plan }) => plan.replace('flat rate: ', ''));
    expect(names.filter((name) => !name.includes(','))).toEqual(plans);
  });

  test('a plan’s credit covers storage up to its end; the levels of Premium go on to 600 TB', () => {
    expect(planOf({ storedBytes: 150 * GIGABYTE }, 'Pro')).toBeCloseTo(15 + 100 * 0.023, 9);
    expect(planOf({ deliveredBytes: 70 * TERABYTE }, 'Premium, 75 TB')).toBe(1450);
    expect(planOf({ deliveredBytes: 600 * TERABYTE }, 'Premium, 600 TB')).toBe(10_000);
  });
});

test('without a distribution, S3 sends for itself, and CloudFront is an alternative', () => {
  const usage = { deliveredBytes: 1100 * GIGABYTE, views: 1000, storedBytes: 0 };
  const direct = estimate(usage, {}, { hasDistribution: false });
  // 1 000 GB at 0.09, 10 000 GET.
  expect(direct.monthlyUsd).toBeCloseTo(90.004, 9);
  expect(direct.plan).toBe('S3 without CloudFront');
  expect(direct.alternatives?.[0]).toMatchObject({ plan: 'CloudFront, pay as you go', monthlyUsd: dollars(usage) });
});

test('the sum is that of the items, every assumption is named, it is dated, JSON, and can be overridden', () => {
  const usage = { storedBytes: 500 * GIGABYTE, views: 100_000, deliveredBytes: undefined };
  const whole = estimate(usage);
  for (const one of [whole, ...(whole.alternatives ?? [])]) {
    const total = one.items.reduce((sum, item) => sum + item.amountUsd, 0);
    expect(one.monthlyUsd).toBeCloseTo(total, 9);
    for (const item of one.items) expect(item.amountUsd).toBeCloseTo(item.quantity * item.unitPriceUsd, 9);
  }
  expect(whole.assumptions.join(' ')).toMatch(/average video.*No uploads.*No deletes.*North America/s);
  expect(whole.pricesAsOf).toBe(PRICES.asOf);
  expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  const storageGigabyteMonth = [{ upTo: Number.POSITIVE_INFINITY, unitPriceUsd: 0 }];
  const overridden = estimate(usage, { storageGigabyteMonth, asOf: '2027-01-01' });
  expect(overridden.monthlyUsd).toBeCloseTo(whole.monthlyUsd - 500 * 0.023, 6);
  expect(overridden.pricesAsOf).toBe('2027-01-01');
  // A view of 100 MB; 5 Mbit/s are 37.5 MB a minute.
  const minutes = estimate({ deliveredMinutes: 1000, deliveredBytes: undefined }, { freeTransferGigabytes: 0 });
  expect(minutes.items[0]?.quantity).toBeCloseTo((1000 * 37.5e6) / GIGABYTE, 9);
});

describe('items, units and assumptions are those that a reader needs', () => {
  const usage = {
    storedBytes: GIGABYTE,
    views: 1_001_000,
    deliveredBytes: 1025 * GIGABYTE,
    uploads: 1,
    deletions: 1001,
  };
  const ofBucket = [
    'S3 requests: PUT, POST, LIST in thousand requests',
    'S3 requests: GET, HEAD in thousand requests',
  ] as const;
  const named = ({ items }: Pick<CostEstimate, 'items'>) => items.map(({ name, unit }) => `${name} in ${unit}`);

  test('with a distribution', () => {
    const whole = estimate(usage);
    expect(named(whole)).toEqual([
      'S3 Standard storage in GB-month',
      ...ofBucket,
      'CloudFront transfer, north-america in GB',
      'CloudFront requests, north-america in ten thousand',
      'CloudFront invalidations in path',
    ]);
    expect(whole.assumptions).toEqual([
      '10 requests a view, all by HTTPS.',
      'An upload is one form; with its confirm 5 PUT, COPY, POST or LIST and 5 GET; a delete is 5 PUT, COPY, POST or LIST and 4 GET.',
      'The edges answer viewers from their caches: what they fetch from the bucket is left out.',
      'A GB is 2^30 bytes; storage at us-east-1 prices, S3 Standard; no taxes.',
      'All viewers are in North America.',
    ]);
    const [plan] = estimate({ ...usage, storedBytes: 10 * TERABYTE }).alternatives ?? [];
    expect(plan && named(plan)).toEqual([
      'CloudFront Business plan in month',
      'S3 Standard storage beyond the credit in GB-month',
      ...ofBucket,
    ]);
  });

  test('without one', () => {
    expect(named(estimate(usage, {}, { hasDistribution: false }))).toEqual([
      'S3 Standard storage in GB-month',
      ...ofBucket,
      'S3 transfer to the internet in GB',
      'S3 requests of viewers in thousand requests',
    ]);
  });

  test('an unknown number is derived from the known ones, and the assumption is named', () => {
    const unknown = { deliveredBytes: undefined, views: 10, uploads: 0, deletions: 0 };
    const first = (more: Partial<Usage>) => {
      const { items, assumptions } = estimate({ ...unknown, ...more }, { freeTransferGigabytes: 0 });
      const transfer = items.find(({ name }) => name.startsWith('CloudFront transfer'));
      return [Math.round((transfer?.quantity ?? 0) * GIGABYTE), assumptions[0]];
    };
    expect(first({ deliveredMinutes: 2 })).toEqual([75e6, '5 megabits a second, that is 37.5 megabytes a minute.']);
    const average = 'Each view delivers one whole video of average size.';
    expect(first({ videos: 4, storedBytes: 400 })).toEqual([1000, average]);
    const assumed = 'An average video has 100 MB, and each view delivers all of it.';
    for (const videos of [0, undefined]) expect(first({ videos, storedBytes: 400 })).toEqual([1e9, assumed]);
  });
});

test.each<[string, object]>([
  ['storedBytes', { storedBytes: -1 }],
  ['views', { views: Number.NaN }],
  ['deliveredBytes', { deliveredBytes: Number.POSITIVE_INFINITY }],
  ['uploads', { uploads: -5 }],
  ['regionShares', { regionShares: { europe: 0.5, atlantis: 0.5 } }],
  ['regionShares', { regionShares: { europe: 0.5 } }],
  ['regionShares', { regionShares: { europe: 2, india: -1 } }],
  ['regionShares', { regionShares: { europe: Number.NaN } }],
])('an invalid value of %s is refused', (path, usage) => {
  expect(() => estimate(usage)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', problems: [expect.objectContaining({ path })] }),
  );
});

test('region shares may be rounded to a thousandth, and the message names all regions', () => {
  const of = (europe: number) => () => estimate({ regionShares: { europe, india: 0.5 } });
  for (const europe of [0.4991, 0.5009]) expect(of(europe)().monthlyUsd).toBe(0);
  const known = 'north-america, europe, africa-middle-east, south-america, japan, australia, asia-pacific, india';
  for (const europe of [0.498, 0.502]) {
    expect(of(europe)).toThrow(
      expect.objectContaining({
        problems: [
          { path: 'regionShares', code: 'OPTION_INVALID', message: `Region shares must sum to 1 over ${known}.` },
        ],
      }),
    );
  }
});
