const CHUNK = 8192;
const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** Bytes as base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Reads what `encodeBase64Url` wrote, undefined for everything else: padding, white space, the other alphabet, and bits
 * that no byte uses. So there is exactly one text for the same bytes (RFC 4648 §3.5).
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  // A rest of one character holds fewer bits than a byte; `atob` would throw.
  if (!ALPHABET.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return encodeBase64Url(bytes) === text ? bytes : undefined;
}
