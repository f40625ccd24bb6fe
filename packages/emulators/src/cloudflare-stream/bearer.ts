import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StreamRefusal } from './stream-refusal.ts';

/** Lets the account's own token pass. @throws {StreamRefusal} 400, 401 or 403, the last for another account */
export function verifyBearer(request: IncomingMessage, accountId: string, expected: string, asked: string): void {
  const { authorization } = request.headers;
  if (authorization === undefined) throw new StreamRefusal(401, 10001, 'Unable to authenticate request');
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new StreamRefusal(400, 6003, 'Invalid request headers');
  if (!isSame(token, expected)) throw new StreamRefusal(401, 1000, 'Invalid API Token');
  if (asked !== accountId) throw new StreamRefusal(403, 10002, 'Not authorized for this account.');
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
