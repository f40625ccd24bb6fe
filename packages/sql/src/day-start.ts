import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import { storedTime } from './stored-value.ts';

/** The beginning of the UTC day of a column, in milliseconds; the same SQL works in every database. */
export function dayStart(column: string): RawBuilder<number> {
  return sql<number>`(${sql.ref(column)} - ${sql.ref(column)} % 86400000)`;
}

/** That beginning, as `YYYY-MM-DD`. */
export const daySchema: z.ZodType<string> = storedTime.transform((time) => time.slice(0, 10));
