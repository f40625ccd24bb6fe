import { type ColumnDataType, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SqlFamily } from '../sql-family.ts';

type Text = ColumnDataType | RawBuilder<unknown>;

/** The first layout: records, their usage, videos without a record, history. */
export function createVideoTables(family: SqlFamily, schema: string | undefined, mysqlCollation: string): Migration {
  return { up: (database) => up(database, family, schema, mysqlCollation) };
}

/** Creates whatever is missing: MySQL's DDL is not transactional, so tables that were created before a crash exist. */
async function up(
  database: Kysely<unknown>,
  family: SqlFamily,
  schema: string | undefined,
  mysqlCollation: string,
): Promise<void> {
  // Ids are compared byte by byte in every database, so that case, accents and trailing spaces count.
  const text = (length: number): Text =>
    family === 'postgres' ? sql`varchar(${sql.lit(length)}) collate "C"` : `varchar(${length})`;
  const table = (name: string) => {
    const builder = database.schema.createTable(name).ifNotExists();
    return family === 'mysql'
      ? builder.modifyEnd(sql`engine = InnoDB default charset = utf8mb4 collate = ${sql.raw(mysqlCollation)}`)
      : builder;
  };

  await table('videostorage_videos')
    .addColumn('id', text(64), (column) => column.primaryKey().notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('written_by', text(32), (column) => column.notNull())
    .addColumn('status_version', 'integer', (column) => column.notNull())
    .addColumn('backend_name', text(64), (column) => column.notNull())
    .addColumn('video_id', text(255))
    .addColumn('upload_reference', 'text')
    .addColumn('ticket', 'text')
    .addColumn('user_id', text(128), (column) => column.notNull())
    .addColumn('context_id', text(128))
    .addColumn('tenant_id', text(128))
    .addColumn('submission_id', text(255))
    .addColumn('idempotency_key', text(255))
    .addColumn('status', text(16), (column) => column.notNull())
    .addColumn('file_name', 'text', (column) => column.notNull())
    .addColumn('file_name_folded', 'text', (column) => column.notNull())
    .addColumn('mime_type', text(255), (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('max_duration_seconds', 'double precision')
    .addColumn('duration_seconds', 'double precision')
    .addColumn('width_pixels', 'integer')
    .addColumn('height_pixels', 'integer')
    .addColumn('codec', 'text')
    .addColumn('revision', text(255))
    .addColumn('custom', 'text', (column) => column.notNull())
    .addColumn('error_code', text(64))
    .addColumn('error_message', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('uploaded_at', 'bigint')
    .addColumn('deleted_at', 'bigint')
    .addColumn('notified_at', 'bigint')
    .addColumn('due_at', 'bigint')
    .addColumn('retained', 'integer', (column) => column.notNull())
    .addColumn('erasing', 'integer', (column) => column.notNull())
    .addColumn('used_pending', 'integer', (column) => column.notNull())
    .addColumn('used_videos', 'integer', (column) => column.notNull())
    .addColumn('used_bytes', 'bigint', (column) => column.notNull())
    .addColumn('used_milliseconds', 'bigint', (column) => column.notNull())
    .execute();

  await table('videostorage_usage')
    .addColumn('scope', text(16), (column) => column.notNull())
    .addColumn('scope_key', text(128), (column) => column.notNull())
    .addColumn('pending', 'integer', (column) => column.notNull())
    .addColumn('videos', 'integer', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('milliseconds', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('videostorage_usage_key', ['scope', 'scope_key'])
    .execute();

  await table('videostorage_unknown_videos')
    .addColumn('backend_name', text(64), (column) => column.notNull())
    .addColumn('video_id', text(255), (column) => column.notNull())
    .addColumn('first_reported_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('videostorage_unknown_videos_key', ['backend_name', 'video_id'])
    .execute();

  await table('videostorage_events')
    .addColumn('id', family === 'postgres' ? 'bigserial' : family === 'mysql' ? 'bigint' : 'integer', (column) =>
      family === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('record_id', text(64))
    .addColumn('sequence', 'integer')
    .addColumn('occurrence', 'integer')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('event', text(32), (column) => column.notNull())
    .addColumn('outcome', text(16), (column) => column.notNull())
    .addColumn('user_id', text(128))
    .addColumn('role', text(128))
    .addColumn('context_id', text(128))
    .addColumn('error_code', text(64))
    .addColumn('elapsed_ms', 'double precision')
    .addColumn('personal_digest', text(64))
    .addColumn('previous_hash', text(64))
    .addColumn('hash', text(64))
    .execute();

  const existing = family === 'mysql' ? await mysqlIndexes(database, schema) : new Set<string>();
  for (const [name, tableName, columns, isUnique] of indexes) {
    if (existing.has(name)) continue;
    const plain = database.schema
      .createIndex(name)
      .on(tableName)
      .columns([...columns]);
    const index = family === 'mysql' ? plain : plain.ifNotExists();
    await (isUnique ? index.unique() : index).execute();
  }
}

/** MySQL, unlike MariaDB, has no `create index if not exists`. */
async function mysqlIndexes(database: Kysely<unknown>, schema: string | undefined): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select distinct index_name as name from information_schema.statistics
    where table_schema = ${schema ?? sql`database()`} and table_name in (${videos}, ${events})`.execute(database);
  return new Set(rows.map(({ name }) => name));
}

const videos = 'videostorage_videos';
const events = 'videostorage_events';

/**
 * One index for each query, ending with the columns of its order; lists of videos are of one status or of several, each read
 * by itself. Where two would do equally, SQLite takes the one that was created last: those that fewer rows share come last.
 */
const indexes: readonly (readonly [string, string, readonly string[], boolean])[] = [
  ['videostorage_videos_video', videos, ['backend_name', 'video_id'], true],
  ['videostorage_videos_idempotency', videos, ['user_id', 'idempotency_key'], true],
  ['videostorage_videos_due', videos, ['due_at', 'id'], false],
  ['videostorage_videos_created', videos, ['created_at', 'id'], false],
  ['videostorage_videos_by_status', videos, ['status', 'created_at', 'id'], false],
  ['videostorage_videos_by_backend', videos, ['backend_name', 'status', 'created_at', 'id'], false],
  ['videostorage_videos_by_tenant', videos, ['tenant_id', 'status', 'created_at', 'id'], false],
  ['videostorage_videos_by_context', videos, ['context_id', 'status', 'created_at', 'id'], false],
  ['videostorage_videos_by_user', videos, ['user_id', 'status', 'created_at', 'id'], false],
  ['videostorage_videos_context_users', videos, ['context_id', 'user_id'], false],
  ['videostorage_videos_tenant_users', videos, ['tenant_id', 'user_id'], false],
  ['videostorage_events_chain', events, ['record_id', 'sequence'], true],
  ['videostorage_events_change', events, ['record_id', 'event', 'occurrence'], true],
  ['videostorage_events_at', events, ['at', 'id'], false],
  ['videostorage_events_by_event', events, ['event', 'at', 'id'], false],
  ['videostorage_events_by_outcome', events, ['outcome', 'at', 'id'], false],
  ['videostorage_events_by_context', events, ['context_id', 'at', 'id'], false],
  ['videostorage_events_by_user', events, ['user_id', 'at', 'id'], false],
  ['videostorage_events_by_record', events, ['record_id', 'at', 'id'], false],
];
