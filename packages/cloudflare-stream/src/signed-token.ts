import { ConfigurationError, type Secret } from '@videostorage/core';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { AccessRule } from './access-rules.ts';

/** What a token allows; times in whole seconds since the epoch. */
export interface TokenTerms {
  readonly videoId: string;
  readonly expiresAtSeconds: number;
  readonly notBeforeSeconds?: number | undefined;
  readonly downloadable?: boolean | undefined;
  readonly accessRules: readonly AccessRule[];
}

type PrivateKey = Awaited<ReturnType<typeof importJWK>>;

const jwkSchema = z.object({
  kty: z.literal('RSA'),
  n: z.string(),
  e: z.string(),
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
  kid: z.string().optional(),
});

/** Signs tokens for videos with a key of the account; the key is parsed once. */
export class TokenSigner {
  readonly #keyId: string;
  readonly #key: Promise<PrivateKey>;

  /** @throws {ConfigurationError} a key that is not one of `POST /stream/keys` */
  constructor(keyId: string, jwk: Secret) {
    const parsed = parseJwk(jwk);
    if (parsed.kid !== undefined && parsed.kid !== keyId) {
      throw new ConfigurationError('The `id` of a signing key must be the `kid` inside its `jwk`.');
    }
    this.#keyId = keyId;
    this.#key = importJWK({ ...parsed, kid: keyId, alg: 'RS256', use: 'sig' }, 'RS256');
    // Nobody may be listening yet; the first token tells what is wrong with the key.
    this.#key.catch(toldByTheFirstToken);
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
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: this.#keyId }).sign(await this.#key);
  }
}

function parseJwk(jwk: Secret): z.output<typeof jwkSchema> {
  const sentence = 'Set `jwk` of a signing key to the text that the API gave with it: base64 of an RSA key as JSON.';
  try {
    const text = new TextDecoder().decode(jwk.reveal());
    const json = text.trimStart().startsWith('{') ? text : atob(text.trim());
    return jwkSchema.parse(JSON.parse(json));
  } catch {
    // The reason may quote the key, so it is not kept as cause.
    throw new ConfigurationError(sentence);
  }
}

function toldByTheFirstToken(): void {}
