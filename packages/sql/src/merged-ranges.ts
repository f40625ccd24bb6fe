import { type AliasedExpression, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { VideoTables } from './video-tables.ts';

/** Which of the rows, in which order. */
export interface RowsInOrder {
  /** The columns of time and id. */
  readonly columns: readonly [string, string];
  readonly direction: 'asc' | 'desc';
  readonly limit: number;
  /** How many rows are passed over. Default 0. */
  readonly offset?: number;
}

/** A query that is executed, or that another one reads from. */
export interface RowQuery<Row> {
  execute(): Promise<readonly Row[]>;
  as<Alias extends string>(alias: Alias): AliasedExpression<Row, Alias>;
}

/**
 * The rows of several ranges in one order. Each range should be what one index has in that order: of one status, of one event.
 * One condition `in (…)` would read the rows of all other values too, however many there are: no index has the rows of
 * several values in the order of time.
 * @throws {RangeError} there is no range
 */
export function mergedRanges<Table extends keyof VideoTables, Row>(
  database: Kysely<VideoTables>,
  ranges: readonly SelectQueryBuilder<VideoTables, Table, Row>[],
  { columns: [time, id], direction, limit, offset = 0 }: RowsInOrder,
): RowQuery<Row> {
  const [timeOrder, idOrder] = [sql`${sql.ref(time)} ${sql.raw(direction)}`, sql`${sql.ref(id)} ${sql.raw(direction)}`];
  const [first, ...others] = ranges.map((range) => range.orderBy(timeOrder).orderBy(idOrder));
  if (first === undefined) throw new RangeError('There is no range.');
  if (others.length === 0)
    return first
      .limit(limit)
      .$if(offset > 0, (one) => one.offset(offset))
      .$castTo<Row>();
  const part = (range: typeof first) => database.selectFrom(range.limit(offset + limit).as('part')).selectAll();
  const merged = others.reduce((all, each) => all.unionAll(part(each)), part(first));
  const inOrder = merged.orderBy(timeOrder).orderBy(idOrder).limit(limit);
  return inOrder.$if(offset > 0, (all) => all.offset(offset)).$castTo<Row>();
}
