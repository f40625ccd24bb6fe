import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlFamily } from '../src/sql-family.ts';

/** The numbers 1 to `count` as `i`, and a number as 32 hex digits. */
const numbers: Readonly<Record<SqlFamily, (count: number) => { from: RawBuilder<unknown>; id: RawBuilder<unknown> }>> =
  {
    sqlite: (count) => ({
      from: sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(count)}) select i from n) as n`,
      id: sql`printf('%032x', i)`,
    }),
    postgres: (count) => ({
      from: sql`generate_series(1, ${sql.lit(count)}) as n(i)`,
      id: sql`lpad(to_hex(i), 32, '0')`,
    }),
    mysql: (count) => ({
      from: sql`(select seq as i from ${sql.raw(`seq_1_to_${count}`)}) as n`,
      id: sql`lpad(lower(hex(i)), 32, '0')`,
    }),
  };

/** Inserts ready records, a second apart, of this many users, contexts and tenants; one in a hundred has failed. */
export async function fillVideos(
  database: Kysely<unknown>,
  family: SqlFamily,
  count: number,
  groups: number = 10,
): Promise<void> {
  const { from, id } = numbers[family](count);
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
      case when i % 100 = 0 then 'failed' else 'ready' end, 'My talk.mp4',
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
