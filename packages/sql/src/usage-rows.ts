import type { LimitScope } from '@videostorage/core';
import {
  changedUsage,
  NO_USAGE,
  type RecordUsage,
  recordUsage,
  USAGE_SCOPES,
  usageKey,
  type VideoRecord,
} from '@videostorage/service';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { databaseTime } from './database-time.ts';
import type { SqlFamily } from './sql-family.ts';
import { readRow, storedInteger } from './stored-value.ts';
import type { UsageRow, VideoTables } from './video-tables.ts';

const usageSchema: z.ZodType<RecordUsage> = z
  .object({ pending: storedInteger, videos: storedInteger, bytes: storedInteger, milliseconds: storedInteger })
  .transform(({ pending, videos, bytes, milliseconds }) => ({ pending, videos, bytes, seconds: milliseconds / 1000 }));

/** The usage in a row. @throws {StoreUnavailableError} the row is not one that this package writes */
export function usageFromRow(row: unknown): RecordUsage {
  return readRow('videostorage_usage', usageSchema, row);
}

/** How much a change adds to each scope, always in the same order, so that transactions that lock the rows never deadlock. */
export function usageChanges(before: VideoRecord | undefined, after: VideoRecord | undefined): readonly UsageRow[] {
  return USAGE_SCOPES.flatMap((scope) => {
    const from = before && usageKey(scope, before);
    const to = after && usageKey(scope, after);
    const keys = [...new Set([from, to])].filter((key) => key !== undefined).sort();
    return keys.flatMap((key) => {
      const lost = before !== undefined && key === from ? recordUsage(before) : NO_USAGE;
      const won = after !== undefined && key === to ? recordUsage(after) : NO_USAGE;
      const { pending, videos, bytes, seconds } = changedUsage(NO_USAGE, lost, won);
      const row = { scope, scope_key: key, pending, videos, bytes, milliseconds: Math.round(seconds * 1000) };
      return pending === 0 && videos === 0 && bytes === 0 && seconds === 0 ? [] : [row];
    });
  });
}

/** The result of a change of usage. */
export interface ChangedUsage {
  /** The new usage of a scope; undefined when the record does not count in it. */
  usedBy(scope: LimitScope): RecordUsage | undefined;
  /** The time once all rows were locked: of two changes that share a row, the second has the later one. */
  readonly nowMs: number;
}

/**
 * Adds the changes, of which there is at least one, and locks their rows until the end of the transaction. Rows whose counts
 * are 0 are removed, since they may name a person who was erased; the row of the global scope stays, since all transactions
 * lock it.
 */
export async function changeUsage(
  transaction: Kysely<VideoTables>,
  family: SqlFamily,
  changes: readonly UsageRow[],
): Promise<ChangedUsage> {
  const rows =
    family === 'mysql' ? await changeInMysql(transaction, changes) : await change(transaction, family, changes);
  const used = new Map(rows.map((row) => [row.scope, usageFromRow(row)]));
  const unused = rows.filter(
    ({ scope, pending, videos }) => scope !== 'global' && Number(pending) + Number(videos) === 0,
  );
  for (const { scope, scope_key: key } of unused) {
    await transaction
      .deleteFrom('videostorage_usage')
      .where('scope', '=', scope)
      .where('scope_key', '=', key)
      .execute();
  }
  const times = rows.map(({ now }) => storedInteger.parse(now));
  return { usedBy: (scope) => used.get(scope), nowMs: Math.max(...times) };
}

async function change(transaction: Kysely<VideoTables>, family: SqlFamily, changes: readonly UsageRow[]) {
  const sum = (column: string) =>
    sql<number>`${sql.ref(`videostorage_usage.${column}`)} + ${sql.ref(`excluded.${column}`)}`;
  return await transaction
    .insertInto('videostorage_usage')
    .values([...changes])
    .onConflict((conflict) =>
      conflict.columns(['scope', 'scope_key']).doUpdateSet({
        pending: sum('pending'),
        videos: sum('videos'),
        bytes: sum('bytes'),
        milliseconds: sum('milliseconds'),
      }),
    )
    .returning([...usageColumns, databaseTime(family).as('now')])
    .execute();
}

const usageColumns = ['scope', 'scope_key', 'pending', 'videos', 'bytes', 'milliseconds'] as const;

/** MySQL has no RETURNING; the rows are locked already. */
async function changeInMysql(transaction: Kysely<VideoTables>, changes: readonly UsageRow[]) {
  const sum = (column: string) => sql<number>`${sql.ref(column)} + values(${sql.ref(column)})`;
  await transaction
    .insertInto('videostorage_usage')
    .values([...changes])
    .onDuplicateKeyUpdate({
      pending: sum('pending'),
      videos: sum('videos'),
      bytes: sum('bytes'),
      milliseconds: sum('milliseconds'),
    })
    .execute();
  return await transaction
    .selectFrom('videostorage_usage')
    .select([...usageColumns, databaseTime('mysql').as('now')])
    .where((eb) => eb.or(changes.map(({ scope, scope_key }) => eb.and({ scope, scope_key }))))
    .execute();
}
