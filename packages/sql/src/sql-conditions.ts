import { type LogFilter, searchWords, type TimePlace, timeBound, type VideoRecordFilter } from '@videostorage/service';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SqlFamily } from './sql-family.ts';

/** One condition of a WHERE; values are parameters. */
export type Condition = RawBuilder<SqlBool>;

/** What nothing meets. */
const NEVER: Condition = sql<SqlBool>`1 = 0`;

/** The conditions of a filter of records. @throws {ValidationError} a bound that is not a time */
export function recordConditions(family: SqlFamily, filter: VideoRecordFilter): readonly Condition[] {
  return [
    ...equal('user_id', filter.userId),
    ...equal('context_id', filter.contextId),
    ...equal('tenant_id', filter.tenantId),
    ...equal('backend_name', filter.backendName),
    ...oneOf(family, 'status', filter.statuses),
    ...within(
      'created_at',
      timeBound('createdFrom', filter.createdFrom),
      timeBound('createdBefore', filter.createdBefore),
    ),
  ];
}

/** The words that a file name contains, each of them; no index holds them. */
export function wordConditions(family: SqlFamily, text = ''): readonly Condition[] {
  return searchWords(text).map((word) => contains(family, 'file_name_folded', word));
}

/** The conditions of a filter of history. @throws {ValidationError} a bound that is not a time */
export function entryConditions(family: SqlFamily, filter: LogFilter): readonly Condition[] {
  return [
    ...equal('record_id', filter.recordId),
    ...equal('context_id', filter.contextId),
    ...equal('user_id', filter.userId),
    ...equal('outcome', filter.outcome),
    ...oneOf(family, 'event', filter.events),
    ...within('at', timeBound('from', filter.from), timeBound('before', filter.before)),
  ];
}

/** What stands after a place in the order of (time, id): a range of the index, less those of the same time before it. */
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

/** What stands at a place or before it, in the same order. */
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

/** Within two bounds of time, the first one included. */
export function within(column: string, from: number | undefined, before: number | undefined): readonly Condition[] {
  return [
    ...(from === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} >= ${from}`]),
    ...(before === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} < ${before}`]),
  ];
}

/** Equal to a value, if one is given. */
export function equal(column: string, value: string | undefined): readonly Condition[] {
  return value === undefined ? [] : [is(column, value)];
}

/** Equal to text, whatever it holds. */
export function is(column: string, text: string): Condition {
  return holdsNul(text) ? NEVER : sql<SqlBool>`${sql.ref(column)} = ${text}`;
}

function oneOf(family: SqlFamily, column: string, values: readonly string[] | undefined): readonly Condition[] {
  if (values === undefined) return [];
  const [first, ...others] = new Set(values);
  if (first === undefined) return [NEVER];
  if (others.length === 0) return equal(column, first);
  // Several values have no order by time in an index of this column; SQLite would choose it all the same, and sort.
  const plain = family === 'sqlite' ? sql`+${sql.ref(column)}` : sql.ref(column);
  return [sql<SqlBool>`${plain} in (${sql.join([first, ...others])})`];
}

/** By position and not by LIKE: no character has a meaning then. */
function contains(family: SqlFamily, column: string, word: string): Condition {
  if (holdsNul(word)) return NEVER;
  const position = sql.raw(family === 'postgres' ? 'strpos' : 'instr');
  return sql<SqlBool>`${position}(${sql.ref(column)}, ${word}) > 0`;
}

/** No column holds such text, and PostgreSQL takes a statement with it for a fault. */
function holdsNul(text: string): boolean {
  return text.includes('\0');
}
