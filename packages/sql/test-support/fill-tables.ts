import type { EventName } from '@videostorage/core';
import { type Kysely, sql } from 'kysely';
import { fillVideos } from '../proof/fill-videos.ts';
import type { SqlFamily } from '../src/sql-family.ts';
import { videoDatabase } from '../src/sql-store-options.ts';

const BATCH = 500;
/** Number of users, contexts and tenants: a query for one of them must not read the rows of the others. */
const GROUPS = 100;
/** Each has one row in fifty; of the others, one in a hundred has failed. */
const RARE_STATUSES = ['pending', 'processing', 'expired', 'deleting', 'deleted'] as const;

/** Fills each table with this many rows, in batches of 500, and updates the planner's statistics. */
export async function fillTables(database: Kysely<unknown>, family: SqlFamily, count: number): Promise<void> {
  // Every status has rows of each group, or a planner may see that reading by the status alone finds none.
  const [usual, each] = [count * 0.9, count / 50];
  await fillVideos(database, family, usual, { groups: GROUPS });
  for (const [index, status] of RARE_STATUSES.entries()) {
    await fillVideos(database, family, each, { groups: GROUPS, first: usual + 1 + index * each, status });
  }
  const tables = videoDatabase(database, undefined);
  for (let start = 0; start < count; start += BATCH) {
    const places = Array.from({ length: BATCH }, (_, index) => start + index);
    await tables.insertInto('videostorage_usage').values(places.map(usageRow)).execute();
    await tables.insertInto('videostorage_unknown_videos').values(places.map(unknownRow)).execute();
    await tables.insertInto('videostorage_events').values(places.map(eventRow)).execute();
  }
  for (const name of ['usage', 'unknown_videos', 'events']) {
    await sql.raw(`analyze ${family === 'mysql' ? 'table ' : ''}videostorage_${name}`).execute(database);
  }
}

function usageRow(place: number) {
  return { scope: 'user', scope_key: `user-${place}`, pending: 0, videos: 1, bytes: 1000, milliseconds: 0 } as const;
}

function unknownRow(place: number) {
  return { backend_name: 'local', video_id: `unknown-${place}`, first_reported_at: place };
}

/** Four changes for each record, of a hundred users and contexts; one in a hundred was denied, another one is a delete. */
function eventRow(place: number) {
  return {
    ...{ record_id: `record-${Math.floor(place / 4)}`, sequence: (place % 4) + 1, occurrence: (place % 4) + 100 },
    ...{ at: 1_700_000_000_000 + place * 1000, event: eventOf(place) },
    ...{ user_id: `user-${place % GROUPS}`, role: null, context_id: `context-${place % GROUPS}`, error_code: null },
    ...{
      outcome: place % 100 === 0 ? 'denied' : 'ok',
      elapsed_ms: null,
      personal_digest: 'd',
      previous_hash: 'h',
      hash: 'h',
    },
  } as const;
}

function eventOf(place: number): EventName {
  if (place % 100 === 50) return 'video.deleted';
  return place % 2 === 0 ? 'video.ready' : 'video.failed';
}
