import type { ServerResponse } from 'node:http';
import type { StreamRefusal } from './stream-refusal.ts';

/** Answers with the envelope of the Cloudflare API. */
export function answerResult(response: ServerResponse, result: unknown, beside: object = {}): void {
  answerJson(response, 200, { result, success: true, errors: [], messages: [], ...beside });
}

/** How a deletion is answered. */
export type DeletionAnswer = 'envelope' | 'empty' | 'no-content';

/** Answers a deletion. */
export function answerDeletion(response: ServerResponse, answer: DeletionAnswer): void {
  if (answer === 'envelope') answerResult(response, '');
  else if (answer === 'empty') response.writeHead(200, { 'Content-Length': 0 }).end();
  else response.writeHead(204).end();
}

/** Answers with the envelope of a failure; `messages` is null then. */
export function answerFailure(response: ServerResponse, refusal: StreamRefusal): void {
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  const errors = [{ code: refusal.code, message: refusal.message }];
  answerJson(response, refusal.status, { result: null, success: false, errors, messages: null });
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
    .end(text);
}
