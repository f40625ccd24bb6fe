const encoder = new TextEncoder();

/** Size of the text in UTF-8; a lone surrogate counts as U+FFFD, three bytes. */
export function utf8ByteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Whether the text takes at most `maxBytes` in UTF-8. */
export function fitsInUtf8(text: string, maxBytes: number): boolean {
  // A UTF-16 unit takes one to three bytes, so most texts need not be encoded.
  return text.length * 3 <= maxBytes || (text.length <= maxBytes && utf8ByteLength(text) <= maxBytes);
}

/**
 * The text in Unicode normalization form NFC (UAX #15), or undefined when that takes more than `maxBytes` in UTF-8. Long texts
 * are refused first: normalizing a long row of combining marks takes quadratic time.
 */
export function canonicalText(text: string, maxBytes: number): string | undefined {
  // No sequence has more than 1.5 UTF-16 units for each byte of its normal form, so a longer text cannot fit.
  if (text.length > 2 * maxBytes) return undefined;
  const normalized = text.normalize('NFC');
  return fitsInUtf8(normalized, maxBytes) ? normalized : undefined;
}
