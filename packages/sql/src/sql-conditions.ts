import { type LogFilter, searchWords, type TimePlace, timeBound, type VideoRecordFilter } from '@videostorage/service';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SqlFamily } from './sql-family.ts';

/** One condition of a WHERE; values are parameters. */
export type Condition = RawBuilder<SqlBool>;

/** A condition that no row meets. */
const NEVER: Condition = sql<SqlBool>`1 = 0`;

/** The conditions of a filter of records. @throws {ValidationError} a bound that is not a time */
export function recordConditions(family: SqlFamily, filter: VideoRecordFilter): readonly Condition[] {
  const { userId, contextId, tenantId } = filter;
  // Of two indexes SQLite takes the narrower one, and would pass over the records of everybody else at the storage.
  const isPlain = family === 'sqlite' && [userId, contextId, tenantId].some((owner) => owner !== undefined);
  return [
    ...equal('user_id', userId),
    ...equal('context_id', contextId),
    ...equal('tenant_id', tenantId),
    ...equal(isPlain ? sql`+${sql.ref('backend_name')}` : 'backend_name', filter.backendName),
    ...oneOf(sql.ref('status'), filter.statuses),
    ...within(
      'created_at',
      timeBound('createdFrom', filter.createdFrom),
      timeBound('createdBefore', filter.createdBefore),
    ),
  ];
}

/** The condition that a file name contains each of the words; no index helps. */
export function wordConditions(family: SqlFamily, text = ''): readonly Condition[] {
  return searchWords(text).map((word) => contains(family, 'file_name_folded', word));
}

/** The conditions of a filter of history. @throws {ValidationError} a bound that is not a time */
export function entryConditions(family: SqlFamily, filter: LogFilter): readonly Condition[] {
  // Of two indexes SQLite takes the narrower one, and would pass over the entries of everybody else.
  const isPlain = family === 'sqlite' && isOfOwner(filter);
  const shared = (column: string) => (isPlain ? sql`+${sql.ref(column)}` : sql.ref(column));
  return [
    ...equal('record_id', filter.recordId),
    ...equal('context_id', filter.contextId),
    ...equal('user_id', filter.userId),
    ...(filter.outcome === undefined ? [] : oneOf(shared('outcome'), [filter.outcome])),
    ...oneOf(shared('event'), filter.events),
    ...within('at', timeBound('from', filter.from), timeBound('before', filter.before)),
  ];
}

/** Whether a filter is for one record, user or context, whose entries are few among all. */
export function isOfOwner({ recordId, userId, contextId }: LogFilter): boolean {
  return [recordId, userId, contextId].some((owner) => owner !== undefined);
}

/** Rows after a position in the order of (time, id): a range of the index, without the earlier rows of the same time. */
export function afterPlace(
  order: 'newest' | 'oldest',
  [time, id]: readonly [string, string],
  place: { readonly atMs: number; readonly id: TimePlace['id'] | number } | undefined,
): readonly Condition[] {
  if (place === undefined) return [];
  const [at, key] = [sql.ref(time), sql.ref(id)];
  return order === 'newest'
    ? [sql<SqlBool>`${at} <= ${place.atMs}`, sql<SqlBool>`(${at} < ${place.atMs} or ${key} < ${place.id})`]
    : [sql<SqlBool>`${at} >= ${place.atMs}`, sql<SqlBool>`(${at} > ${place.atMs} or ${key} > ${place.id})`];
}

/** Rows at a position or before it, in the same order. */
export function upToPlace(
  order: 'newest' | 'oldest',
  [time, id]: readonly [string, string],
  place: TimePlace | undefined,
): readonly Condition[] {
  if (place === undefined) return [];
  const [at, key] = [sql.ref(time), sql.ref(id)];
  return order === 'newest'
    ? [sql<SqlBool>`${at} >= ${place.atMs}`, sql<SqlBool>`(${at} > ${place.atMs} or ${key} >= ${place.id})`]
    : [sql<SqlBool>`${at} <= ${place.atMs}`, sql<SqlBool>`(${at} < ${place.atMs} or ${key} <= ${place.id})`];
}

/** Between two times, including the first one. */
export function within(column: string, from: number | undefined, before: number | undefined): readonly Condition[] {
  return [
    ...(from === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} >= ${from}`]),
    ...(before === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} < ${before}`]),
  ];
}

/** Equal to a value, if one is given. */
export function equal(column: string | RawBuilder<unknown>, value: string | undefined): readonly Condition[] {
  return value === undefined ? [] : [is(column, value)];
}

/** Equal to text, whatever it contains. */
export function is(column: string | RawBuilder<unknown>, text: string): Condition {
  if (holdsNul(text)) return NEVER;
  return sql<SqlBool>`${typeof column === 'string' ? sql.ref(column) : column} = ${text}`;
}

function oneOf(column: RawBuilder<unknown>, values: readonly string[] | undefined): readonly Condition[] {
  if (values === undefined) return [];
  const [first, ...others] = new Set(values);
  if (first === undefined) return [NEVER];
  if (others.length === 0) return [sql<SqlBool>`${column} = ${first}`];
  return [sql<SqlBool>`${column} in (${sql.join([first, ...others])})`];
}

/** By position and not by LIKE, so that no character is a pattern. */
function contains(family: SqlFamily, column: string, word: string): Condition {
  if (holdsNul(word)) return NEVER;
  const position = sql.raw(family === 'postgres' ? 'strpos' : 'instr');
  return sql<SqlBool>`${position}(${sql.ref(column)}, ${word}) > 0`;
}

/** No column contains such text, and PostgreSQL fails a statement with it. */
function holdsNul(text: string): boolean {
  return text.includes('\0');
}
