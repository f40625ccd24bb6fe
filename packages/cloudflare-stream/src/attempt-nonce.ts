/** A name for one request that creates a video: 122 random bits (RFC 9562, version 4) in 32 hexadecimal digits. */
export function attemptNonce(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
