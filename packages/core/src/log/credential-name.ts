/** A name that ends like this has a credential as its value: query keys, headers, cookies, options. Longest alternative first. */
const ENDS = [
  'token',
  'signatureprovided',
  'signature',
  'secret[_-]?key',
  'secret',
  'password',
  'passwd',
  'credentials?',
  'api[_-]?key',
  'access[_-]?key(?:[_-]?id)?',
  'private[_-]?key',
  'auth[_-]?key',
  'key-pair-id',
  'cloudfront-[a-z-]{1,32}',
  'sig[0-9]?',
  'policy',
  'authorization',
  'cookie',
];
/** Common words end like these, so they count only as whole names. */
const WHOLE_NAME = /^(?:sig[0-9]?|policy)$/i;
/** What may precede a name, also percent-encoded or JSON-escaped. */
const BOUNDARY = /(?:^|[^A-Za-z0-9_-]|%(?:25){0,2}[0-9a-f]{2}|\\[bfnrt]|\\u[0-9a-f]{4})$/i;
const LONGEST_BOUNDARY = 8;
/** Headers, whose value extends to the end of the line. */
const HEADER = /(?:authorization|cookie|webhook-signature|x-[a-z-]{0,40}(?:key|token|signature|secret))$/i;
const LONGEST_HEADER = 64;

/** Matches the end of each name whose value is a credential. */
export const CREDENTIAL_NAME: RegExp = new RegExp(ENDS.join('|'), 'gi');

/** Whether a match of `CREDENTIAL_NAME` counts at its position: some names count only as whole words. */
export function isCredentialName(text: string, start: number, name: string): boolean {
  return !WHOLE_NAME.test(name) || BOUNDARY.test(text.slice(Math.max(0, start - LONGEST_BOUNDARY), start));
}

/** Whether the name that ends at `nameEnd` is a header whose whole line is secret. */
export function isSecretHeader(text: string, nameEnd: number): boolean {
  return HEADER.test(text.slice(Math.max(0, nameEnd - LONGEST_HEADER), nameEnd));
}
