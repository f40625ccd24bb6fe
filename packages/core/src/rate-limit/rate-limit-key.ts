import type { Secret } from '../log/secret.ts';
import { encodeBase64Url } from '../reference/base64url.ts';
import { HmacSigner } from '../reference/hmac-signer.ts';
import type { CheckedRule } from './rate-limit-bounds.ts';

/** Ends each part of a name. Ids hold no control characters, so no id can extend into the next part. */
const SEPARATOR = '\u001F';
const PURPOSE = 'videostorage/rate-limit-key/v1';

/** The prefix of the names of all counts of a rule. */
export function countPrefix(kind: string, { scope, limit, windowMs }: CheckedRule): string {
  return [kind, scope, limit, windowMs, ''].join(SEPARATOR);
}

/** A function from the name of a count to its key in a store outside this process: 43 characters that do not reveal the id. */
export function keyDigest(secret: Secret | undefined): (name: string) => Promise<string> {
  if (secret === undefined) return sha256;
  const signer = new HmacSigner([secret], PURPOSE);
  return (name) => signer.sign(name);
}

async function sha256(name: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(PURPOSE + SEPARATOR + name));
  return encodeBase64Url(new Uint8Array(digest));
}
