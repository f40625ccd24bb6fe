import type { Secret } from '../log/secret.ts';
import { encodeBase64Url } from '../reference/base64url.ts';
import { HmacSigner } from '../reference/hmac-signer.ts';
import type { CheckedRule } from './rate-limit-bounds.ts';

/** Ends each part of a name; ids hold no control characters, so no id can run into the next part. */
const SEPARATOR = '\u001F';
const PURPOSE = 'videostorage/rate-limit-key/v1';

/** Begins the names of all counts of a rule. */
export function countPrefix(kind: string, { scope, limit, windowMs }: CheckedRule): string {
  return [kind, scope, limit, windowMs, ''].join(SEPARATOR);
}

/** The name of a count for a store outside of this process: 43 characters that show nothing of the id. */
export function keyDigest(secret: Secret | undefined): (name: string) => Promise<string> {
  if (secret === undefined) return sha256;
  const signer = new HmacSigner([secret], PURPOSE);
  return (name) => signer.sign(name);
}

async function sha256(name: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(PURPOSE + SEPARATOR + name));
  return encodeBase64Url(new Uint8Array(digest));
}
