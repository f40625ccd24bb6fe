import { verify } from 'node:crypto';
import { isObject } from './json-body.ts';
import type { SigningKeys } from './signing-keys.ts';
import { StreamRefusal } from './stream-refusal.ts';

/** Tokens are valid for at most this long. Longer ones are refused and not shortened; this is the emulator's choice. */
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;

/** The claims of a token whose signature and times were verified. */
export interface PlaybackClaims {
  /** The video. */
  readonly sub: string;
  /** Whether it also opens downloads. */
  readonly isDownloadable: boolean;
  /** The access rules, unchecked. */
  readonly accessRules: unknown;
}

/** Verifies a playback token: RS256 by an existing key of the account, within its times. @throws {StreamRefusal} 401 */
export async function verifyPlaybackToken(token: string, keys: SigningKeys, nowMs: number): Promise<PlaybackClaims> {
  const [head = '', body = '', signature = '', ...rest] = token.split('.');
  const header = decode(head);
  const claims = decode(body);
  if (header === undefined || claims === undefined || rest.length > 0) throw unauthorized('malformed token');
  if (header['alg'] !== 'RS256') throw unauthorized('wrong algorithm');
  const key = await keys.publicKey(String(header['kid'] ?? claims['kid']));
  if (key === undefined) throw unauthorized('unknown key');
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    throw unauthorized('wrong signature');
  // The service's own endpoint writes its times as strings.
  const exp = Number(claims['exp'] ?? Number.NaN);
  const nbf = Number(claims['nbf'] ?? 0);
  const nowSeconds = Math.floor(nowMs / 1000);
  if (!Number.isFinite(exp) || !Number.isFinite(nbf)) throw unauthorized('malformed times');
  if (nowSeconds >= exp) throw unauthorized('expired');
  if (nowSeconds < nbf) throw unauthorized('not valid yet');
  if (exp - nowSeconds > MAX_LIFETIME_SECONDS) throw unauthorized('lives too long');
  const { sub, downloadable, accessRules } = claims as { sub?: unknown; downloadable?: unknown; accessRules?: unknown };
  if (typeof sub !== 'string') throw unauthorized('names no video');
  return { sub, isDownloadable: downloadable === true, accessRules };
}

/** 401 of the playback host. */
export function unauthorized(reason: string): StreamRefusal {
  return new StreamRefusal(401, 0, `Unauthorized: ${reason}`);
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
