import type { VideoStatus } from '@videostorage/core';
import type { TimePlace, VideoRecord } from '@videostorage/service';
import type { Kysely } from 'kysely';
import { mergedRanges } from './merged-ranges.ts';
import { recordFromRow } from './record-row.ts';
import { type Condition, is } from './sql-conditions.ts';
import { storedInteger } from './stored-value.ts';
import type { VideoTables } from './video-tables.ts';

const TABLE = 'videostorage_videos';

/** The columns of both orders. */
export const ORDERED = ['created_at', 'id'] as const;

/** Complete: a record of a status that is not here would be in no list. */
const KNOWN: Readonly<Record<VideoStatus, true>> = {
  ...{ pending: true, processing: true, ready: true, failed: true, expired: true, deleting: true, deleted: true },
};

/** The statuses of a list that names none. */
export const STATUSES: readonly VideoStatus[] = Object.keys(KNOWN).filter(
  (status): status is VideoStatus => status in KNOWN,
);

/**
 * Records of some statuses in the order of time, by indexes whose rows have that order within a status: of each status at most
 * as many places are read as are asked for, and not the records of other statuses, of which a table that is years old has by
 * far the most.
 */
export class OrderedRecords {
  readonly #database: Kysely<VideoTables>;
  readonly #direction: 'asc' | 'desc';
  readonly #statuses: ReadonlySet<VideoStatus>;

  constructor(database: Kysely<VideoTables>, order: 'newest' | 'oldest', statuses: ReadonlySet<VideoStatus>) {
    this.#database = database;
    this.#direction = order === 'newest' ? 'desc' : 'asc';
    this.#statuses = statuses;
  }

  /** The first records that meet the conditions. */
  async first(conditions: readonly Condition[], limit: number): Promise<readonly VideoRecord[]> {
    const places = this.#places(conditions, limit).as('place');
    // The indexes have the places; of whole rows only those of the page are read.
    const rows = await this.#database
      .selectFrom(places)
      .innerJoin(TABLE, `${TABLE}.id`, 'place.id')
      .selectAll(TABLE)
      .orderBy('place.created_at', this.#direction)
      .orderBy('place.id', this.#direction)
      .execute();
    return rows.map(recordFromRow);
  }

  /** The position of the last of this many records; undefined when there are fewer. */
  async placeOfNth(conditions: readonly Condition[], count: number): Promise<TimePlace | undefined> {
    const [row] = await this.#places(conditions, 1, count - 1).execute();
    return row && { atMs: storedInteger.parse(row.created_at), id: row.id };
  }

  #places(conditions: readonly Condition[], limit: number, offset = 0) {
    const ranges = [...this.#statuses].map((status) => {
      const all = this.#database.selectFrom(TABLE).select(ORDERED).where(is('status', status));
      return conditions.reduce((query, condition) => query.where(condition), all);
    });
    return mergedRanges(this.#database, ranges, { columns: ORDERED, direction: this.#direction, limit, offset });
  }
}
