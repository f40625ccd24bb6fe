import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DiscardBounds, discardRest } from './discard-rest.ts';
import type { PlainAnswer } from './plain-answer.ts';
import { setFields } from './set-fields.ts';

/**
 * Many clients read no answer before they have sent everything, so a body of up to 32 MiB that arrives within 10 s is read
 * to its end. The time is bounded since each second keeps a connection open, which an attacker could do many times.
 */
const BOUNDS: DiscardBounds = { maxBytes: 32 * 1024 * 1024, idleMs: 1000, totalMs: 10_000 };

/**
 * Answers a request that is still arriving, and closes the connection once the rest has arrived, or a limit is reached: if
 * it were closed while bytes arrive it would be reset, and the answer could be lost (RFC 9112, section 9.6). The rest is not
 * kept.
 */
export async function answerAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  answered: PlainAnswer | Response,
): Promise<void> {
  const body = answered instanceof Response ? await answered.text() : (answered.body ?? '');
  setFields(response, answered.headers);
  // An answer without a body has no length (RFC 9110, section 8.6).
  if (answered.status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
  // HTTP/2 has no `Connection` field: there only the stream ends.
  if (request.httpVersionMajor === 1) response.setHeader('Connection', 'close');
  response.statusCode = answered.status;
  // Without a body Node would send the headers only at the end.
  response.flushHeaders();
  if (body !== '') response.write(body);
  await discardRest(request, BOUNDS);
  await new Promise<void>((resolve) => response.end(resolve));
}
