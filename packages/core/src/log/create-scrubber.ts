import { REDACTED } from './redacted.ts';
import { scrub } from './scrub.ts';
import type { Secret } from './secret.ts';
import { secretPattern } from './secret-pattern.ts';

/** A multiple of 3, so that base64 of neighbouring pieces leaves no gap; keeps each expression small. */
const PIECE_BYTES = 240;

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

/** Long secrets, such as keys, are looked for piece by piece. */
function pieces(bytes: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    // A short rest stays with the piece before it, else it would be found in ordinary text.
    const end = bytes.length - start < 2 * PIECE_BYTES ? bytes.length : start + PIECE_BYTES;
    found.push(bytes.subarray(start, end));
    start = end;
  }
  return found;
}
