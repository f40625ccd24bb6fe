import { toResponse } from './plain-answer.ts';
import { toRefusedAnswer } from './to-refused-answer.ts';

/**
 * Turns an error into the answer that the routes would give, for the host app's own routes over the same service: the
 * error's status, and an `ErrorBody` without stack, cause or a storage's own message. An error that is not of this
 * library gets 500; logging it is up to the host app. The request id is random unless it is passed.
 */
export function toErrorResponse(error: unknown, requestId: string = crypto.randomUUID()): Response {
  const { status, body, headers } = toRefusedAnswer(error, requestId, 'upload');
  const fields = {
    ...{ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    ...{ 'X-Content-Type-Options': 'nosniff', 'X-Request-Id': requestId },
  };
  return toResponse({ status, headers: Object.entries({ ...fields, ...headers }), body: JSON.stringify(body) });
}
