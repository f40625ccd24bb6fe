import { expect, test } from 'vitest';
import type { Usage } from '../contract/cost.ts';
import { isVideoStorageError } from '../errors/is-video-storage-error.ts';
import { checkUsage } from './check-usage.ts';

const all = {
  ...{ storedBytes: 1, views: 0, videos: 2, storedMinutes: 3, reservedMinutes: 4, deliveredMinutes: 0.5 },
  ...{ deliveredBytes: 6, uploads: 7, deletions: 8 },
};

/** The members that are refused in a value that JavaScript may pass; undefined when the value is accepted. */
function refused(usage: unknown): readonly string[] | undefined {
  try {
    Reflect.apply(checkUsage, undefined, [usage]);
    return undefined;
  } catch (error) {
    if (!isVideoStorageError(error) || error.code !== 'VALIDATION_FAILED') throw error;
    for (const problem of error.problems) {
      expect(problem).toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringContaining('numbers of at least 0'),
      });
    }
    return error.problems.map(({ path }) => path);
  }
}

test('usage is numbers of at least 0, and missing members are assumed', () => {
  const shares: Usage = { storedBytes: 0, views: 0, videos: undefined, regionShares: { anywhere: 1 } };
  for (const usage of [all, shares, { storedBytes: 1e20, views: 9e20 }]) expect(refused(usage)).toBeUndefined();
});

test.each(Object.keys(all))('%s must be a number from 0', (name) => {
  for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e21, '5', null]) {
    expect(refused({ ...all, [name]: value })).toEqual([name]);
  }
});

test('stored bytes and views are required, and all problems are named at once', () => {
  for (const usage of [{}, null, undefined, 5]) expect(refused(usage)).toEqual(['storedBytes', 'views']);
  expect(refused({ storedBytes: 1, views: -1, deletions: '2' })).toEqual(['views', 'deletions']);
});
