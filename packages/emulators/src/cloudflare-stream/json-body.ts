import type { IncomingMessage } from 'node:http';
import { badRequest, StreamRefusal } from './stream-refusal.ts';

const MAX_JSON_BYTES = 1024 * 1024;

/** The request's JSON object; an empty body is an empty object. @throws {StreamRefusal} for anything else */
export async function readJsonObject(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Not destroyed when it is too large, so that the refusal reaches its sender.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_JSON_BYTES) throw new StreamRefusal(413, 10005, 'Bad Request: the body is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return {};
  const value = parse(text);
  if (!isObject(value)) throw badRequest('the body must be a JSON object.');
  return value;
}

/** Neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest('the body is not JSON.');
    throw error;
  }
}
