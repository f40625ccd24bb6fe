/** Bytes as text of `A–Z a–z 0–9 - _` (RFC 4648 §5), without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The bytes of such text; undefined for any other text. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
  } catch (error) {
    // No number of bytes has this length in base64.
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
