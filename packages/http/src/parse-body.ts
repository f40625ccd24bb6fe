import type { Problem } from '@videostorage/core';
import type { z } from 'zod';
import { checkShape } from './check-shape.ts';
import { type BodyBounds, readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';

const MAX_PROBLEMS = 20;
const MAX_PATH_LENGTH = 128;
/** A charset other than UTF-8 would be decoded wrongly, so it is refused like another type. Bounded, so linear. */
const JSON_TYPE = /^application\/json(?:[ \t]*;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?)?[ \t]*$/i;

/**
 * The body of a request, as its schema says; `{}` when there is none.
 * @throws {Refusal} `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, `REQUEST_TIMEOUT`, or `BODY_INVALID` with every problem
 */
export async function parseBody<T>(request: Request, schema: z.ZodType<T>, bounds: BodyBounds): Promise<T> {
  const type = request.headers.get('content-type');
  const encoding = request.headers.get('content-encoding');
  if (type !== null && !JSON_TYPE.test(type)) throw new Refusal('UNSUPPORTED_MEDIA_TYPE');
  // Nothing is decompressed, so that a small body cannot become a large one.
  if (encoding !== null && encoding !== 'identity') throw new Refusal('UNSUPPORTED_MEDIA_TYPE');
  const bytes = await readBody(request, bounds);
  if (bytes.byteLength === 0) return parseWith(schema, {});
  if (type === null) throw new Refusal('UNSUPPORTED_MEDIA_TYPE');
  const value = parseJson(bytes);
  checkShape(value);
  return parseWith(schema, value);
}

/** The value as its schema says. @throws {Refusal} `BODY_INVALID` with every problem */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(toProblems).slice(0, MAX_PROBLEMS);
  throw new Refusal('BODY_INVALID', { problems });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The messages of decoder and parser are omitted: positions in the text do not help the sender.
    throw new Refusal('BODY_INVALID');
  }
}

/** Unknown keys are the sender's own text, so they are cut to a bounded length. */
function toProblems(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') return [toProblem(issue.path, issue.message)];
  return issue.keys.map((key) => toProblem([...issue.path, key], 'There is no such member.'));
}

function toProblem(path: readonly PropertyKey[], message: string): Problem {
  return { path: path.map(String).join('.').slice(0, MAX_PATH_LENGTH), code: 'OPTION_INVALID', message };
}
