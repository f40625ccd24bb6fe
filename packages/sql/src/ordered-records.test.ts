import type { VideoStatus } from '@videostorage/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillVideos } from '../proof/fill-videos.ts';
import type { TestDatabase } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { OrderedRecords } from './ordered-records.ts';
import { videoDatabase } from './sql-store-options.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await sqliteDatabase();
  await fillVideos(database.first, 'sqlite', 6, { status: 'ready' });
  await fillVideos(database.first, 'sqlite', 4, { status: 'deleted', first: 7 });
  await fillVideos(database.first, 'sqlite', 2, { status: 'ready', first: 11 });
});
afterAll(() => database.dispose());

const recordsOf = (order: 'newest' | 'oldest', ...statuses: readonly VideoStatus[]) =>
  new OrderedRecords(videoDatabase(database.first, undefined), order, new Set(statuses));
const numberOf = (id: string) => Number.parseInt(id, 16);

test.each<[string, 'newest' | 'oldest', readonly VideoStatus[], readonly number[]]>([
  ['one status', 'newest', ['ready'], [12, 11, 6, 5, 4, 3, 2, 1]],
  ['one status, the oldest first', 'oldest', ['deleted'], [7, 8, 9, 10]],
  ['two statuses', 'newest', ['ready', 'deleted'], [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ['two statuses, the oldest first', 'oldest', ['deleted', 'ready'], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  ['a status without records', 'newest', ['failed', 'deleted'], [10, 9, 8, 7]],
])('the first records and the place of each: %s', async (_name, order, statuses, numbers) => {
  const records = recordsOf(order, ...statuses);
  for (let count = 1; count <= numbers.length; count += 1) {
    const first = await records.first([], count);
    expect(first.map(({ id }) => numberOf(id))).toEqual(numbers.slice(0, count));
    const place = await records.placeOfNth([], count);
    expect(place && numberOf(place.id)).toBe(numbers[count - 1]);
    expect(place?.atMs).toBe(Date.parse(first.at(-1)?.createdAt ?? ''));
  }
  expect(await records.first([], 100)).toHaveLength(numbers.length);
  expect(await records.placeOfNth([], numbers.length + 1)).toBeUndefined();
});

test('without a status there is nothing to order', async () => {
  await expect(recordsOf('newest').first([], 1)).rejects.toThrow(RangeError('There is no range.'));
});
