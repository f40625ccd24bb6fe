import { REDACTED } from './redacted.ts';
import { scrub } from './scrub.ts';
import { revealed, type Secret } from './secret.ts';
import { secretPattern } from './secret-pattern.ts';

/** Bytes of a secret per regular expression, so that each stays small. */
const PIECE_BYTES = 240;
/** A UTF-8 character has at most three bytes after its first one. */
const MAX_CONTINUATION_BYTES = 3;

/**
 * Returns a function like `scrub` that also masks these secrets wherever their exact values occur: as text, in base64
 * (also inside longer values), base64url or hexadecimal, percent-encoded, JSON-escaped or XML-escaped. Its time is linear
 * in the length of the text.
 *
 * A short secret, such as `test`, is masked inside ordinary words too. Empty secrets are ignored.
 * @throws {ConfigurationError} not a list of secrets
 */
export function createScrubber(secrets: readonly Secret[]): (text: string) => string {
  const patterns = [...revealed(secrets)]
    // Longest first: a secret may begin with another one.
    .sort((one, other) => other.length - one.length)
    .flatMap((bytes) => pieces(bytes).map(secretPattern));
  return (text) => scrub(patterns.reduce((masked, pattern) => masked.replace(pattern, REDACTED), text));
}

/** Long secrets, such as keys, are searched for piece by piece. No piece ends inside a UTF-8 character. */
function pieces(bytes: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    // A short remainder is added to the piece before it: alone it would match ordinary text.
    const end = bytes.length - start < 2 * PIECE_BYTES ? bytes.length : characterStart(bytes, start + PIECE_BYTES);
    found.push(bytes.subarray(start, end));
    start = end;
  }
  return found;
}

/** Index of the first byte of the UTF-8 character at `index`; `index` itself when the bytes are not UTF-8. */
function characterStart(bytes: Uint8Array, index: number): number {
  const isContinuation = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  for (let at = index; at >= index - MAX_CONTINUATION_BYTES; at--) if (!isContinuation(at)) return at;
  return index;
}
