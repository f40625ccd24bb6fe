import type { VideoStatus } from '@videostorage/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlFamily } from '../src/sql-family.ts';

/** The numbers from `first` to `last` as `i`, and a number as 32 hex digits. */
type Numbers = (
  first: number,
  last: number,
) => { readonly from: RawBuilder<unknown>; readonly id: RawBuilder<unknown> };

const numbers: Readonly<Record<SqlFamily, Numbers>> = {
  sqlite: (first, last) => ({
    from: sql`(with recursive n(i) as (select ${sql.lit(first)} union all select i + 1 from n where i < ${sql.lit(last)}) select i from n) as n`,
    id: sql`printf('%032x', i)`,
  }),
  postgres: (first, last) => ({
    from: sql`generate_series(${sql.lit(first)}, ${sql.lit(last)}) as n(i)`,
    id: sql`lpad(to_hex(i), 32, '0')`,
  }),
  mysql: (first, last) => ({
    from: sql`(select seq as i from ${sql.raw(`seq_${first}_to_${last}`)}) as n`,
    id: sql`lpad(lower(hex(i)), 32, '0')`,
  }),
};

/** Which records are inserted. */
export interface FilledVideos {
  /** Number of users, contexts and tenants. Default 10. */
  readonly groups?: number;
  /** The number of the first one, from 1. Default 1. */
  readonly first?: number;
  /** Their status. Default: ready, and one in a hundred has failed. */
  readonly status?: VideoStatus;
}

/** Inserts this many records, a second apart. */
export async function fillVideos(
  database: Kysely<unknown>,
  family: SqlFamily,
  count: number,
  { groups = 10, first = 1, status }: FilledVideos = {},
): Promise<void> {
  const { from, id } = numbers[family](first, first + count - 1);
  const usual = sql`case when i % 100 = 0 then 'failed' else 'ready' end`;
  const group = (name: string) =>
    family === 'mysql'
      ? sql`concat(${sql.lit(name)}, i % ${sql.lit(groups)})`
      : sql`${sql.lit(name)} || (i % ${sql.lit(groups)})`;
  await sql`
    insert into videostorage_videos (
      id, version, written_by, status_version, backend_name, user_id, context_id, tenant_id, status, file_name,
      file_name_folded, mime_type, size_bytes, custom, created_at, expires_at, due_at, retained, erasing,
      used_pending, used_videos, used_bytes, used_milliseconds
    )
    select ${id}, 2, 'proof', 2, 'local', ${group('user-')}, ${group('context-')}, ${group('tenant-')},
      ${status === undefined ? usual : sql.lit(status)}, 'My talk.mp4',
      'my talk.mp4', 'video/mp4', 1000, '{}', 1700000000000 + i * 1000, 1700003600000, null, 0, 0,
      0, 1, 1000, 0
    from ${from}`.execute(database);
  const analyze = {
    sqlite: 'analyze',
    postgres: 'analyze videostorage_videos',
    mysql: 'analyze table videostorage_videos',
  };
  await sql.raw(analyze[family]).execute(database);
}
