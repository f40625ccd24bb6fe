import { maskNamedValues } from './mask-named-values.ts';
import { maskTokens } from './mask-tokens.ts';
import { maskUserInfo } from './mask-user-info.ts';

/** Without one of these no credential can be recognised; most ids and sentences have none. */
const TRIGGER = /[=:<%,]|eyJ|A[KS]IA|bearer|basic|-----BEGIN/i;

/**
 * Replaces everything that looks like a credential by `REDACTED` and keeps all other text. Its time is linear in the
 * length.
 *
 * It recognises the following, even if percent-encoded or JSON-escaped: bearer and basic tokens; JWTs and upload
 * references, also in paths; values of query keys, members, form fields, XML elements and cookies named `…token`,
 * `…signature`, `…secret`, `…password`, `…credential`, `…api_key`, `…access_key`, `…access_key_id`, `sig`, `Policy`,
 * `Key-Pair-Id`, `CloudFront-…`; header lines `authorization`, `cookie`, `set-cookie`, `webhook-signature`, `x-…-key` and
 * the like; user and password of URLs; AWS access key ids; private keys in PEM.
 *
 * It cannot recognise a secret without such a name or form; `createScrubber`, which is given the values, can.
 */
export function scrub(text: string): string {
  return TRIGGER.test(text) ? maskUserInfo(maskTokens(maskNamedValues(text))) : text;
}
