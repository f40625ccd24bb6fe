import { BackendError } from '@videostorage/core';
import { z } from 'zod';
import type { HttpAnswer } from './http/http-send.ts';

/** One error of the API. */
interface ApiError {
  readonly code: number;
  readonly message: string;
}

/** What every JSON answer of the API is wrapped in; `messages` may be null. */
export interface Envelope {
  readonly success: boolean;
  readonly result?: unknown;
  readonly errors: readonly ApiError[];
}

const schema: z.ZodType<Envelope> = z.object({
  success: z.boolean(),
  result: z.unknown().optional(),
  errors: z
    .array(z.object({ code: z.coerce.number().catch(0), message: z.string().catch('') }))
    .nullish()
    .transform((errors) => errors ?? []),
});

/** The envelope of an answer; undefined when there is none: the answer is HTML, empty or incomplete. */
export function readEnvelope(answer: HttpAnswer): Envelope | undefined {
  const parsed = schema.safeParse(parseJson(answer.text));
  return parsed.success ? parsed.data : undefined;
}

/** A result in the shape that is expected. @throws {BackendError} */
export function readResult<T>(shape: z.ZodType<T>, result: unknown): T {
  const parsed = shape.safeParse(result);
  if (parsed.success) return parsed.data;
  const sentence = 'Cloudflare gave an answer that cannot be read.';
  throw new BackendError('BACKEND_BAD_RESPONSE', sentence, { backendName: 'cloudflare-stream' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A proxy's page and an incomplete answer are not JSON; the caller decides what that means.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
