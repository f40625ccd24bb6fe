import { BackendError } from '@videostorage/core';
import type { z } from 'zod';

/**
 * Parses JSON that this package wrote, strictly: anything that this version would not write is refused.
 * @throws {BackendError} `BACKEND_BAD_RESPONSE`, whose message contains `what` and none of the content
 */
export function parseJson<T>(what: string, text: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(json(text));
  if (result.success) return result.data;
  throw new BackendError('BACKEND_BAD_RESPONSE', `${what} is not readable by this version.`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
