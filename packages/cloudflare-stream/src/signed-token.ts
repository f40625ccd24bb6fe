import { ConfigurationError, type Secret } from '@videostorage/core';
import { CompactSign, type CryptoKey, importJWK } from 'jose';
import { z } from 'zod';
import type { AccessRule } from './access-rules.ts';

/** What a token allows; times in whole seconds since the epoch, by Cloudflare's clock. */
export interface TokenTerms {
  readonly videoId: string;
  readonly expiresAtSeconds: number;
  readonly notBeforeSeconds?: number | undefined;
  readonly downloadable?: boolean | undefined;
  readonly accessRules: readonly AccessRule[];
}

/** A modulus of 2048 bits in base64url; RS256 does not allow shorter keys (RFC 7518, section 3.3). */
const MIN_MODULUS_LENGTH = 342;
const integer = z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/);
/** A private key as the API returns it (RFC 7517, RFC 7518 section 6.3.2). */
const jwkSchema = z.object({
  kty: z.literal('RSA'),
  n: integer.min(MIN_MODULUS_LENGTH),
  e: integer,
  d: integer,
  p: integer,
  q: integer,
  dp: integer,
  dq: integer,
  qi: integer,
  kid: z.string().optional(),
});
const encoder = new TextEncoder();

/**
 * Signs tokens for videos with a key of the account, with jose over Web Crypto, which does not block the event loop in Node,
 * and is the same in workers. The key is imported once.
 */
export class TokenSigner {
  readonly #keyId: string;
  readonly #jwk: Omit<z.output<typeof jwkSchema>, 'kid'>;
  #importing: Promise<CryptoKey | Uint8Array> | undefined;

  /** @throws {ConfigurationError} a key that is not one of `POST /stream/keys` */
  constructor(keyId: string, jwk: Secret) {
    const { kid, ...parsed } = parseJwk(jwk);
    if (kid !== undefined && kid !== keyId) {
      throw new ConfigurationError('The `id` of a signing key must be the `kid` inside its `jwk`.');
    }
    this.#keyId = keyId;
    this.#jwk = parsed;
  }

  /** RS256 over one video and its terms; `exp` is always there. @throws {ConfigurationError} numbers that are not a key */
  async sign(terms: TokenTerms): Promise<string> {
    const { videoId, expiresAtSeconds, notBeforeSeconds, downloadable, accessRules } = terms;
    const claims = {
      // JSON leaves out what is undefined.
      ...{ sub: videoId, kid: this.#keyId, exp: expiresAtSeconds, nbf: notBeforeSeconds },
      ...(downloadable === true && { downloadable }),
      ...(accessRules.length > 0 && { accessRules }),
    };
    const token = new CompactSign(encoder.encode(JSON.stringify(claims)));
    token.setProtectedHeader({ alg: 'RS256', kid: this.#keyId });
    try {
      this.#importing ??= importJWK(this.#jwk, 'RS256');
      return await token.sign(await this.#importing);
    } catch {
      // The reason may quote the key, so it is not kept as cause.
      throw new ConfigurationError(SENTENCE);
    }
  }
}

const SENTENCE = 'Set `jwk` of a signing key to the text that the API returned with it: base64 of an RSA key as JSON.';

function parseJwk(jwk: Secret): z.output<typeof jwkSchema> {
  try {
    const text = new TextDecoder().decode(jwk.reveal());
    const json = text.trimStart().startsWith('{') ? text : atob(text);
    return jwkSchema.parse(JSON.parse(json));
  } catch {
    // The same: the reason may quote the key.
    throw new ConfigurationError(SENTENCE);
  }
}
