import { ConfigurationError } from '../errors/backend-errors.ts';
import type { Secret } from '../log/secret.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';

/** HMAC-SHA-256 keys shorter than its output weaken it (RFC 2104 §3). */
const MIN_SECRET_BYTES = 32;
/** 32 bytes as base64url. */
const SIGNATURE_LENGTH = 43;

type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/**
 * Signs texts by HMAC-SHA-256 (Web Crypto), for one purpose: what was signed for another purpose never verifies, even with
 * the same secrets. The first secret signs, all verify, so that a secret can be replaced without breaking what is out.
 */
export class HmacSigner {
  readonly #secrets: readonly [Secret, ...Secret[]];
  readonly #purpose: string;
  readonly #encoder = new TextEncoder();
  #importedKeys: Promise<readonly [HmacKey, ...HmacKey[]]> | undefined;

  /**
   * The purpose names what is signed and in which form, for instance `videostorage/upload-reference/v1`.
   * @throws {ConfigurationError} no secret, one of fewer than 32 bytes, or no purpose
   */
  constructor(secrets: readonly Secret[], purpose: string) {
    const [first, ...others] = secrets;
    if (first === undefined) throw new ConfigurationError('Give at least one secret of 32 random bytes to sign with.');
    this.#secrets = [first, ...others];
    if (this.#secrets.some((secret) => secret.reveal().length < MIN_SECRET_BYTES)) {
      throw new ConfigurationError(`Each secret to sign with must have at least ${MIN_SECRET_BYTES} bytes.`);
    }
    if (purpose === '') throw new ConfigurationError('Name the purpose of the signatures.');
    this.#purpose = purpose;
  }

  /** The signature of the text by the first secret: 43 characters of base64url. */
  async sign(text: string): Promise<string> {
    const [key] = await this.#keys();
    return encodeBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, this.#message(text))));
  }

  /** Whether the signature is that of the text by any of the secrets. Total on any strings; compares in constant time. */
  async verify(text: string, signature: string): Promise<boolean> {
    const bytes = signature.length === SIGNATURE_LENGTH ? decodeBase64Url(signature) : undefined;
    if (bytes === undefined) return false;
    const message = this.#message(text);
    for (const key of await this.#keys()) {
      if (await crypto.subtle.verify('HMAC', key, bytes, message)) return true;
    }
    return false;
  }

  /** JSON keeps purpose and text apart and, unlike bare UTF-8, tells lone surrogates from one another. */
  #message(text: string): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(JSON.stringify([this.#purpose, text]));
  }

  #keys(): Promise<readonly [HmacKey, ...HmacKey[]]> {
    const [first, ...others] = this.#secrets;
    this.#importedKeys ??= Promise.all([importKey(first), ...others.map(importKey)]);
    return this.#importedKeys;
  }
}

function importKey(secret: Secret): Promise<HmacKey> {
  return crypto.subtle.importKey('raw', secret.reveal(), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}
