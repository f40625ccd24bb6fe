import { isAllowedByRules } from './access-rules.ts';
import { answerResult } from './envelope.ts';
import { isObject, readJsonObject } from './json-body.ts';
import type { StreamCall } from './stream-context.ts';
import { badRequest } from './stream-refusal.ts';
import { videoOf } from './video-calls.ts';
import { timestamp } from './video-object.ts';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const ANY_VIEWER = { ip: '127.0.0.1', country: 'XX' };

/** `POST /stream/keys` */
export async function createKey(call: StreamCall): Promise<void> {
  const { id, pem, jwk, createdAtMs } = await call.account.keys.create(call.nowMs);
  answerResult(call.response, { id, pem, jwk, created: timestamp(createdAtMs) });
}

/** `GET /stream/keys` */
export function listKeys(call: StreamCall): void {
  const keys = call.account.keys.list();
  answerResult(
    call.response,
    keys.map(({ id, createdAtMs }) => ({ id, key_id: id, created: timestamp(createdAtMs) })),
  );
}

/** `DELETE /stream/keys/{id}` */
export function deleteKey(call: StreamCall): void {
  call.account.keys.delete(call.params[0] ?? '');
  answerResult(call.response, 'Revoked');
}

/** `POST /stream/{uid}/token` */
export async function createToken(call: StreamCall): Promise<void> {
  const { account, nowMs } = call;
  const { id, pem, exp, nbf, downloadable, accessRules, flags } = (await readJsonObject(call.request)) as Readonly<
    Record<'id' | 'pem' | 'exp' | 'nbf' | 'downloadable' | 'accessRules' | 'flags', unknown>
  >;
  const { uid } = videoOf(call);
  if ((id === undefined) !== (pem === undefined)) throw badRequest('id and pem come together.');
  if (downloadable !== undefined && typeof downloadable !== 'boolean')
    throw badRequest('downloadable must be true or false.');
  if (flags !== undefined && !isObject(flags)) throw badRequest('flags must be an object.');
  // Checked with any viewer: the result is undefined when the rules are malformed.
  if (isAllowedByRules(accessRules, ANY_VIEWER) === undefined)
    throw badRequest('accessRules must be at most 5 rules of a known type and action.');
  const nowSeconds = Math.floor(nowMs / 1000);
  const expires = secondsOf('exp', exp) ?? nowSeconds + HOUR_SECONDS;
  if (expires > nowSeconds + DAY_SECONDS) throw badRequest('exp may be at most 24 hours ahead.');
  const claims = {
    sub: uid,
    exp: expires,
    nbf: secondsOf('nbf', nbf) ?? nowSeconds - HOUR_SECONDS,
    ...(downloadable === true && { downloadable }),
    ...(accessRules !== undefined && { accessRules }),
  };
  const given = id === undefined ? undefined : { id: String(id), pem: String(pem) };
  answerResult(call.response, { token: await account.keys.sign(claims, nowMs, given) });
}

function secondsOf(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw badRequest(`${name} must be a number of seconds.`);
  return value;
}
