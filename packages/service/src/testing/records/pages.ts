import assert from 'node:assert/strict';
import { encodeCursor } from '../../page-cursor.ts';
import type { VideoRecord } from '../../video-record.ts';
import type { VideoRecordQuery, VideoRecords } from '../../video-records.ts';
import { refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

/** The guarantees of the pages of `list`. */
export const pages: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'list/orders',
    title: 'records come newest first, or oldest first, by (createdAt, id)',
    async run({ records, advance }) {
      const ids = await insertSome(records, 5, advance);
      const oldest = await records.list({ order: 'oldest', limit: 10 });
      assert.deepEqual(idsOf(oldest.records), ids);
      for (const order of ['newest', undefined] as const) {
        const newest = await records.list({ order, limit: 10 });
        assert.deepEqual(idsOf(newest.records), ids.toReversed());
      }
    },
  },
  {
    id: 'list/ties',
    title: 'records of one time are in the order of their ids, and none is lost or repeated between pages',
    async run({ records }) {
      const inserted = await Promise.all(Array.from({ length: 30 }, () => records.insert(newUpload(), [])));
      const confirmed = inserted.filter((_, index) => index % 2 === 0);
      for (const { id } of confirmed) await records.update(id, 1, { status: 'processing' });
      for (const order of ['newest', 'oldest'] as const) {
        const all = await everyPage(records, { order, limit: 7 });
        const sorted = [...all].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
        assert.deepEqual(idsOf(all), idsOf(order === 'oldest' ? sorted : sorted.reverse()));
        assert.equal(new Set(idsOf(all)).size, 30);
      }
    },
  },
  {
    id: 'list/last-page',
    title: 'the last page has no cursor, also when it is full, and an empty list is one',
    async run({ records }) {
      assert.deepEqual(await records.list({ limit: 10 }), { records: [] });
      await insertSome(records, 4);
      const first = await records.list({ limit: 2 });
      assert.equal(first.records.length, 2);
      const second = await records.list({ limit: 2, cursor: first.cursor });
      assert.equal(second.records.length, 2);
      assert.equal('cursor' in second, false);
      assert.equal('cursor' in (await records.list({ limit: 4 })), false);
      assert.equal('cursor' in (await records.list({ limit: 3 })), true);
    },
  },
  {
    id: 'list/stable',
    title: 'an insert, change or discard between two pages neither repeats nor hides another record',
    async run({ records, advance }) {
      const ids = await insertSome(records, 6, advance);
      const first = await records.list({ limit: 2 });
      assert.deepEqual(idsOf(first.records), [ids[5], ids[4]]);
      // The record that the cursor names is discarded, two others are inserted before it, and one after it changes.
      await records.discard(ids[4] ?? '', 1);
      await insertSome(records, 2);
      await records.update(ids[2] ?? '', 1, { fileName: 'b.mp4' });
      const rest = await everyPage(records, { limit: 2, cursor: first.cursor });
      assert.deepEqual(idsOf(rest), [ids[3], ids[2], ids[1], ids[0]]);
    },
  },
  {
    id: 'list/foreign-cursor',
    title: 'a cursor of another order, or from elsewhere, is refused with a message',
    async run({ records }) {
      await insertSome(records, 3);
      const { cursor } = await records.list({ order: 'newest', limit: 1 });
      const foreign = [
        '',
        'garbage',
        '%00',
        'a'.repeat(5000),
        encodeCursor('newest'),
        encodeCursor('newest', 'never', 'id'),
        encodeCursor('newest', '1', 'id', 'more'),
        encodeCursor("newest' OR 1=1", '1', 'id'),
        encodeCursor('newest', '1', 'i\0d'),
      ];
      await refuses(records.list({ order: 'oldest', limit: 1, cursor }), 'VALIDATION_FAILED');
      for (const each of foreign) await refuses(records.list({ limit: 1, cursor: each }), 'VALIDATION_FAILED');
    },
  },
  {
    id: 'list/limit',
    title: 'a page holds 1 to 1 000 records; other limits are refused',
    async run({ records }) {
      await insertSome(records, 2);
      assert.equal((await records.list({ limit: 1 })).records.length, 1);
      assert.equal((await records.list({ limit: 1000 })).records.length, 2);
      for (const limit of [0, 1001, -1, 1.5, Number.NaN]) await refuses(records.list({ limit }), 'VALIDATION_FAILED');
    },
  },
];

async function insertSome(
  records: VideoRecords,
  count: number,
  advance: (seconds: number) => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await records.insert(newUpload(), [])).id);
    await advance(1);
  }
  return ids;
}

async function everyPage(records: VideoRecords, query: VideoRecordQuery): Promise<readonly VideoRecord[]> {
  const all: VideoRecord[] = [];
  let { cursor } = query;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await records.list({ ...query, cursor });
    all.push(...page.records);
    cursor = page.cursor;
    if (cursor === undefined) return all;
  }
  return assert.fail('the list does not end');
}

function idsOf(records: readonly VideoRecord[]): readonly string[] {
  return records.map(({ id }) => id);
}

function placeOf({ createdAt, id }: VideoRecord): string {
  return `${createdAt} ${id}`;
}
