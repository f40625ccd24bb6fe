/** Ends of names whose values are credentials: query keys, headers, cookies, members of options. The longer one first. */
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
/** These end common words too, so they count only as whole names. */
const WHOLE_NAME = /^(?:sig[0-9]?|policy)$/i;
/** What may stand before a name, percent-encoded or JSON-escaped too. */
const BOUNDARY = /(?:^|[^A-Za-z0-9_-]|%(?:25){0,2}[0-9a-f]{2}|\\[bfnrt]|\\u[0-9a-f]{4})$/i;
const LONGEST_BOUNDARY = 8;
/** Names whose value goes to the end of the line. */
const HEADER = /(?:authorization|cookie|webhook-signature|x-[a-z-]{0,40}(?:key|token|signature|secret))$/i;
const LONGEST_HEADER = 64;

/** Matches the end of each name that announces a credential. */
export const CREDENTIAL_NAME: RegExp = new RegExp(ENDS.join('|'), 'gi');

/** Whether the match of `CREDENTIAL_NAME` counts where it stands: some words do only when nothing stands before them. */
export function isCredentialName(text: string, start: number, name: string): boolean {
  return !WHOLE_NAME.test(name) || BOUNDARY.test(text.slice(Math.max(0, start - LONGEST_BOUNDARY), start));
}

/** Whether the name that ends there is that of a header whose whole line is secret. */
export function isSecretHeader(text: string, nameEnd: number): boolean {
  return HEADER.test(text.slice(Math.max(0, nameEnd - LONGEST_HEADER), nameEnd));
}
