import { REDACTED } from './redacted.ts';
import { scrub } from './scrub.ts';
import type { Secret } from './secret.ts';
import { secretPattern } from './secret-pattern.ts';

/** Keeps each regular expression small. */
const PIECE_BYTES = 240;
/** A character has at most three bytes behind its first one. */
const MAX_CONTINUATION_BYTES = 3;

/**
 * A `scrub` that also knows these secrets: their exact values are masked wherever they stand, as text, in base64 (inside of
 * longer values too), base64url, hexadecimal, percent-encoded, JSON-escaped or XML-escaped. Still in linear time.
 *
 * A secret of few characters, such as `test`, is masked inside ordinary words as well. Empty ones are ignored.
 */
export function createScrubber(secrets: readonly Secret[]): (text: string) => string {
  const patterns = secrets
    .map((secret) => secret.reveal())
    // The longer first: one secret may be the beginning of another.
    .sort((one, other) => other.length - one.length)
    .flatMap((bytes) => pieces(bytes).map(secretPattern));
  return (text) => scrub(patterns.reduce((masked, pattern) => masked.replace(pattern, REDACTED), text));
}

/** Long secrets, such as keys, are looked for piece by piece, none of which ends inside a character. */
function pieces(bytes: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    // A short rest stays with the piece before it, else it would be found in ordinary text.
    const end = bytes.length - start < 2 * PIECE_BYTES ? bytes.length : characterStart(bytes, start + PIECE_BYTES);
    found.push(bytes.subarray(start, end));
    start = end;
  }
  return found;
}

/** Where the character of UTF-8 begins that this byte belongs to; the byte itself when it is no UTF-8. */
function characterStart(bytes: Uint8Array, index: number): number {
  const isContinuation = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  for (let at = index; at >= index - MAX_CONTINUATION_BYTES; at--) if (!isContinuation(at)) return at;
  return index;
}
