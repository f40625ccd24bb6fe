import { ConfigurationError } from '../errors/backend-errors.ts';
import { revealed, type Secret } from '../log/secret.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { type Hmac, type HmacFactory, webCryptoHmac } from './hmac.ts';

/** HMAC-SHA-256 keys shorter than its output weaken it (RFC 2104 §3). */
const MIN_SECRET_BYTES = 32;
/** 32 bytes as base64url. */
const SIGNATURE_LENGTH = 43;

/**
 * Signs texts by HMAC-SHA-256 for one purpose: a signature for another purpose never verifies, even with the same secrets.
 * The first secret signs, all verify, so that secrets can be rotated while older signatures stay valid.
 */
export class HmacSigner {
  readonly #hmacs: readonly [Hmac, ...Hmac[]];
  readonly #purpose: string;
  readonly #encoder = new TextEncoder();

  /**
   * `purpose` names what is signed and its format, for instance `videostorage/upload-reference/v2`. Default of `createHmac`: Web
   * Crypto.
   * @throws {ConfigurationError} there is no secret, a secret has fewer than 32 bytes, or there is no purpose
   */
  constructor(secrets: readonly Secret[], purpose: string, createHmac: HmacFactory = webCryptoHmac) {
    const [first, ...others] = revealed(secrets);
    if (first === undefined) throw new ConfigurationError('Pass at least one secret of 32 random bytes to sign with.');
    if ([first, ...others].some((secret) => secret.length < MIN_SECRET_BYTES)) {
      throw new ConfigurationError(`Each secret to sign with must have at least ${MIN_SECRET_BYTES} bytes.`);
    }
    if (purpose === '') throw new ConfigurationError('Pass the purpose of the signatures; it must not be empty.');
    this.#hmacs = [createHmac(first), ...others.map(createHmac)];
    this.#purpose = purpose;
  }

  /** The signature of the text by the first secret: 43 characters of base64url. */
  async sign(text: string): Promise<string> {
    return encodeBase64Url(await this.#hmacs[0](this.#message(text)));
  }

  /** Whether the signature is that of the text by any of the secrets. Never throws; compares in constant time. */
  async verify(text: string, signature: string): Promise<boolean> {
    const bytes = signature.length === SIGNATURE_LENGTH ? decodeBase64Url(signature) : undefined;
    if (bytes === undefined) return false;
    const message = this.#message(text);
    for (const hmac of this.#hmacs) {
      if (isEqual(await hmac(message), bytes)) return true;
    }
    return false;
  }

  /** JSON keeps purpose and text apart and, unlike bare UTF-8, distinguishes lone surrogates. */
  #message(text: string): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(JSON.stringify([this.#purpose, text]));
  }
}

/** Compares every byte, so that the time taken does not reveal where they differ. */
function isEqual(expected: Uint8Array, given: Uint8Array): boolean {
  let difference = expected.length ^ given.length;
  for (const [index, byte] of expected.entries()) difference |= byte ^ (given[index] ?? 0);
  return difference === 0;
}
