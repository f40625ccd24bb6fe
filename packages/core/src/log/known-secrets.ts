/** A shell command that prints a new secret of 32 random bytes. */
export const SECRET_COMMAND: string = `node -p "require('crypto').randomBytes(32).toString('base64url')"`;

/**
 * Placeholders that READMEs, examples and tests of this repository have published, so anybody can sign with them. Compared
 * without case and without white space at the ends.
 */
const KNOWN: ReadonlySet<string> = new Set([
  'keep at least 32 bytes of this in your environment',
  'at least 32 bytes, from your environment',
  'from your environment',
  'a token with the permission account, stream, edit',
  'a-token-with-the-permission-stream-edit',
]);

/** Longer secrets cannot be one of these, so they are not decoded. */
const LONGEST = 64;

/** Whether a secret is a published sample, which protects nothing. */
export function isKnownSecret(bytes: Uint8Array): boolean {
  return bytes.length <= LONGEST && KNOWN.has(new TextDecoder().decode(bytes).trim().toLowerCase());
}
