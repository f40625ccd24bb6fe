import { StoreUnavailableError, type Timestamp, toTimestamp } from '@videostorage/core';
import { z } from 'zod';

/** A whole number; drivers give large ones as text or bigint. */
export const storedInteger: z.ZodType<number> = z
  .union([z.number(), z.bigint(), z.string().regex(/^-?\d+(\.0*)?$/)])
  .transform(Number)
  .pipe(z.int());

/** A number with a fraction. */
export const storedNumber: z.ZodType<number> = z
  .union([z.number(), z.bigint(), z.string().regex(/^-?\d/)])
  .transform(Number)
  .pipe(z.number());

/** Milliseconds since the epoch, as a time. */
export const storedTime: z.ZodType<Timestamp> = storedInteger.transform(toTimestamp);

/** JSON as text. */
export function storedJson<Value>(schema: z.ZodType<Value>): z.ZodType<Value> {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof SyntaxError ? 'is not JSON' : String(error) });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/**
 * Converts a row to the library's own type. @throws {StoreUnavailableError} with the columns whose values this package
 * cannot have written
 */
export function readRow<Value>(table: string, schema: z.ZodType<Value>, row: unknown): Value {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  const columns = [...new Set(result.error.issues.map(({ path }) => String(path[0] ?? '')))].join(', ');
  const cause = new Error(`A row of ${table} is not readable: ${columns}.`);
  throw new StoreUnavailableError(undefined, { cause });
}
