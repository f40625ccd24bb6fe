import { BackendError } from '@videostorage/core';
import type { z } from 'zod';

/**
 * Reads JSON that one of our own wrote, strictly: what this version would not have written is no fact.
 * @throws {BackendError} `BACKEND_BAD_RESPONSE`, saying `what` it is but nothing of its content
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
