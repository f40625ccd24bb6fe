import { ConfigurationError, type Secret } from '@videostorage/core';
import { z } from 'zod';
import { createSignPayload } from '#signature';
import type { AccessRule } from './access-rules.ts';
import type { RsaPrivateJwk, SignPayload } from './signature/token-signature.ts';

/** What a token allows; times in whole seconds since the epoch. */
export interface TokenTerms {
  readonly videoId: string;
  readonly expiresAtSeconds: number;
  readonly notBeforeSeconds?: number | undefined;
  readonly downloadable?: boolean | undefined;
  readonly accessRules: readonly AccessRule[];
}

/** A modulus of 2048 bits in base64url; shorter keys do not make RS256 (RFC 7518, section 3.3). */
const MIN_MODULUS_LENGTH = 342;
const integer = z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/);
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

/** Signs tokens for videos with a key of the account; the key is parsed once. */
export class TokenSigner {
  readonly #keyId: string;
  readonly #sign: SignPayload;

  /** @throws {ConfigurationError} a key that is not one of `POST /stream/keys` */
  constructor(keyId: string, jwk: Secret) {
    const { kid, ...parsed } = parseJwk(jwk);
    if (kid !== undefined && kid !== keyId) {
      throw new ConfigurationError('The `id` of a signing key must be the `kid` inside its `jwk`.');
    }
    this.#keyId = keyId;
    this.#sign = importKey(parsed, keyId);
  }

  /** RS256 over one video and its terms; `exp` is always there. */
  async sign(terms: TokenTerms): Promise<string> {
    const { videoId, expiresAtSeconds, notBeforeSeconds, downloadable, accessRules } = terms;
    const claims = {
      sub: videoId,
      kid: this.#keyId,
      exp: expiresAtSeconds,
      ...(notBeforeSeconds !== undefined && { nbf: notBeforeSeconds }),
      ...(downloadable === true && { downloadable }),
      ...(accessRules.length > 0 && { accessRules }),
    };
    return this.#sign(JSON.stringify(claims));
  }
}

const SENTENCE = 'Set `jwk` of a signing key to the text that the API gave with it: base64 of an RSA key as JSON.';

function parseJwk(jwk: Secret): z.output<typeof jwkSchema> {
  try {
    const text = new TextDecoder().decode(jwk.reveal());
    const json = text.trimStart().startsWith('{') ? text : atob(text.trim());
    return jwkSchema.parse(JSON.parse(json));
  } catch {
    // The reason may quote the key, so it is not kept as cause.
    throw new ConfigurationError(SENTENCE);
  }
}

function importKey(jwk: RsaPrivateJwk, keyId: string): SignPayload {
  try {
    return createSignPayload(jwk, keyId);
  } catch {
    throw new ConfigurationError(SENTENCE);
  }
}
