import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { fillVideos } from '../proof/fill-videos.ts';
import type { SqlFamily } from '../src/sql-family.ts';
import { SqlVideoRecords } from '../src/sql-video-records.ts';
import type { TestDatabase } from './sql-subjects.ts';

/** Twice as many records as a page examines, and one more. */
const ROWS = 20_001;
/** Where pages of both orders begin and end. */
const NAMED = { harbour: [1, 10_001, 10_002], quay: [19_801, 19_802, 19_803], jetty: [200, 10_000] };

/** Tests of pages that search for words among many records. */
export function describeWordSearch(family: SqlFamily, open: () => Promise<TestDatabase>): void {
  test('a page that searches for words examines 10 000 records, and its cursor continues after them', async () => {
    const { first, dispose } = await open();
    await fillVideos(first, family, ROWS);
    for (const [word, places] of Object.entries(NAMED)) {
      for (const place of places) {
        const id = place.toString(16).padStart(32, '0');
        const name = `a ${word}.mp4`;
        await sql`update videostorage_videos set file_name_folded = ${name} where id = ${id}`.execute(first);
      }
    }
    const records = new SqlVideoRecords({ database: first });
    const pages = async (query: { order?: 'oldest'; limit: number; text: string; userId?: string }) => {
      const found: number[][] = [];
      let cursor: string | undefined;
      do {
        const page = await records.list({ ...query, cursor });
        found.push(page.records.map(({ id }) => Number.parseInt(id, 16)));
        cursor = page.cursor;
      } while (cursor !== undefined && found.length < 10);
      return found;
    };
    const text = 'HARBOUR';
    expect(await pages({ limit: 5, text })).toEqual([[10_002], [10_001], [1]]);
    expect(await pages({ limit: 5, text, order: 'oldest' })).toEqual([[1], [10_001, 10_002], []]);
    // After a full page the next one examines as many again: 10 002 to 20 001, which is the last.
    expect(await pages({ limit: 1, text, order: 'oldest' })).toEqual([[1], [10_001], [10_002], []]);
    expect(await pages({ limit: 5, text: 'harbour talk' })).toEqual([[], [], []]);
    // A filter applies first: all 2 000 records of a user are examined.
    expect(await pages({ limit: 5, text, userId: 'user-1' })).toEqual([[10_001, 1]]);
    // The 200 newest are examined first.
    expect(await pages({ limit: 2, text: 'quay' })).toEqual([[19_803, 19_802], [19_801], []]);
    // The last of the 200 and of the 10 000 is examined in the other order too.
    expect(await pages({ limit: 5, text: 'jetty', order: 'oldest' })).toEqual([[200, 10_000], [], []]);
    await dispose();
  });
}
