import {
  checkedRecordFilter,
  checkedUserUsageQuery,
  countedFrom,
  type DayCount,
  decodeCursor,
  encodeCursor,
  type FailureCount,
  pageLimit,
  timeBound,
  type UserUsage,
  type UserUsagePage,
  type VideoRecordFilter,
} from '@videostorage/service';
import { sql } from 'kysely';
import { z } from 'zod';
import { databaseTime } from './database-time.ts';
import { daySchema, dayStart } from './day-start.ts';
import { STATUSES } from './ordered-records.ts';
import { equal, recordConditions, within } from './sql-conditions.ts';
import type { SqlRunner } from './sql-runner.ts';
import { readRow, storedInteger } from './stored-value.ts';

const TABLE = 'videostorage_videos';

const dayCountSchema = z.object({
  day: daySchema,
  status: z.enum(['pending', 'processing', 'ready', 'failed', 'expired', 'deleting', 'deleted']),
  videos: storedInteger,
});
const failureSchema = z.object({ error_code: z.string().nullable(), videos: storedInteger });
const userSchema: z.ZodType<UserUsage> = z
  .object({
    user_id: z.string(),
    pending: storedInteger,
    videos: storedInteger,
    bytes: storedInteger,
    milliseconds: storedInteger,
  })
  .transform(({ user_id, milliseconds, ...usage }) => ({ userId: user_id, ...usage, seconds: milliseconds / 1000 }));

/** Selects the users whose usage is summed up, page by page. */
export interface UserUsageQuery {
  /** Counts only records of this context. */
  readonly contextId?: string | undefined;
  /** Counts only records of this tenant. */
  readonly tenantId?: string | undefined;
  /** Users per page, 1–1 000. */
  readonly limit: number;
  /** The `cursor` of the previous page. */
  readonly cursor?: string | undefined;
}

/** Sums over records, for administrators. */
export class RecordCounts {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** See `VideoRecords.countByDay`. */
  async byDay(asked: VideoRecordFilter): Promise<readonly DayCount[]> {
    // With all statuses named, the indexes of users and others find the days too: they have the status before the time.
    const { createdFrom, createdBefore, statuses = STATUSES, ...filter } = checkedRecordFilter(asked);
    const [from, before] = [timeBound('createdFrom', createdFrom), timeBound('createdBefore', createdBefore)];
    const { family } = this.#runner;
    return await this.#runner.run(async (database) => {
      const clock = await database.selectNoFrom(databaseTime(family).as('now')).executeTakeFirstOrThrow();
      const first = countedFrom(from, before, storedInteger.parse(clock.now));
      let query = database
        .selectFrom(TABLE)
        .select([dayStart('created_at').as('day'), 'status', sql<number>`count(*)`.as('videos')]);
      for (const condition of [
        ...recordConditions(family, { ...filter, statuses }),
        ...within('created_at', first, before),
      ]) {
        query = query.where(condition);
      }
      const rows = await query.groupBy(['day', 'status']).orderBy('day').orderBy('status').execute();
      return rows.map((row) => readRow(TABLE, dayCountSchema, row));
    });
  }

  /** See `VideoRecords.countFailures`. */
  async failures(filter: VideoRecordFilter): Promise<readonly FailureCount[]> {
    const checked = checkedRecordFilter(filter);
    const conditions = [...equal('status', 'failed'), ...recordConditions(this.#runner.family, checked)];
    return await this.#runner.run(async (database) => {
      let query = database.selectFrom(TABLE).select(['error_code', sql<number>`count(*)`.as('videos')]);
      for (const condition of conditions) query = query.where(condition);
      const rows = await query.groupBy('error_code').execute();
      return rows
        .map((row) => readRow(TABLE, failureSchema, row))
        .map(({ error_code, videos }) => ({ errorCode: error_code ?? '', videos }))
        .sort((one, other) => other.videos - one.videos || (one.errorCode < other.errorCode ? -1 : 1));
    });
  }

  /** See `VideoRecords.usageByUser`. */
  async usageByUser(asked: UserUsageQuery): Promise<UserUsagePage> {
    const { contextId, tenantId, limit, cursor } = checkedUserUsageQuery(asked);
    const wanted = pageLimit(limit);
    // Users who were erased have an empty id, which sorts before all others.
    const [after = ''] = decodeCursor(cursor, 1) ?? [];
    const conditions = [...equal('context_id', contextId), ...equal('tenant_id', tenantId)];
    const users = await this.#runner.run(async (database) => {
      let query = database
        .selectFrom(TABLE)
        .select([
          'user_id',
          sql<number>`sum(used_pending)`.as('pending'),
          sql<number>`sum(used_videos)`.as('videos'),
          sql<number>`sum(used_bytes)`.as('bytes'),
          sql<number>`sum(used_milliseconds)`.as('milliseconds'),
        ])
        .where('user_id', '>', after);
      for (const condition of conditions) query = query.where(condition);
      const rows = await query
        .groupBy('user_id')
        .orderBy('user_id')
        .limit(wanted + 1)
        .execute();
      return rows.map((row) => readRow(TABLE, userSchema, row));
    });
    const page = users.slice(0, wanted);
    const last = users.length > wanted ? page.at(-1) : undefined;
    return { users: page, ...(last && { cursor: encodeCursor(last.userId) }) };
  }
}
