/** A private key as the API gives it (RFC 7517, RFC 7518 section 6.3.2). */
export interface RsaPrivateJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly d: string;
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  readonly qi: string;
}

/** The token of a payload (JSON): RS256 with one key, its `kid` in the header (RFC 7515, compact). */
export type SignPayload = (payload: string) => string | Promise<string>;
