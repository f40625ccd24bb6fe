import type { Clock } from '../contract/primitives.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { UploadExpiredError, VideoNotFoundError } from '../errors/request-errors.ts';
import type { Secret } from '../log/secret.ts';
import { systemClock } from '../time/system-clock.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { type HmacFactory, webCryptoHmac } from './hmac.ts';
import { HmacSigner } from './hmac-signer.ts';
import { isUploadClaims, parseUploadClaims, stringifyUploadClaims } from './parse-upload-claims.ts';
import type { UploadClaims } from './upload-claims.ts';

/** The version increases with every change of what a reference holds. */
const PURPOSE = 'videostorage/upload-reference/v2';
const MAX_LENGTH = 4096;

/**
 * Signs and verifies upload references: `base64url(claims) "." HMAC-SHA-256`. The claims are signed, not
 * encrypted. The first secret signs, all verify. Safe in JSON and URLs; at most 4 096 characters.
 */
export class UploadReference {
  readonly #signer: HmacSigner;
  readonly #clock: Clock;
  readonly #encoder = new TextEncoder();

  /**
   * Default of `clock`: the system's clock; of `createHmac`: Web Crypto.
   * @throws {ConfigurationError} there is no secret, or a secret has fewer than 32 bytes
   */
  constructor(secrets: readonly Secret[], clock: Clock = systemClock, createHmac: HmacFactory = webCryptoHmac) {
    this.#signer = new HmacSigner(secrets, PURPOSE, createHmac);
    this.#clock = clock;
  }

  /**
   * Signs claims with the first secret and returns the reference.
   * @throws {ConfigurationError} invalid claims, or a `state` that is too long: a mistake of the backend
   */
  async sign(claims: UploadClaims): Promise<string> {
    if (!isUploadClaims(claims)) throw new ConfigurationError('The backend issued an upload that cannot be signed.');
    const payload = encodeBase64Url(this.#encoder.encode(stringifyUploadClaims(claims)));
    const uploadReference = `${payload}.${await this.#signer.sign(payload)}`;
    if (uploadReference.length > MAX_LENGTH) {
      throw new ConfigurationError('The backend issued an upload whose state is too long to be signed.');
    }
    return uploadReference;
  }

  /**
   * Returns the claims of a reference that `backendName` issued and that has not expired; with `acceptExpired`, expired
   * references are accepted too. Takes any input; input that is too long is refused before any work is done.
   * @throws {VideoNotFoundError} forged, or of another backend @throws {UploadExpiredError} genuine, but `validUntil` has passed
   */
  async verify(
    uploadReference: string,
    backendName: string,
    options: { readonly acceptExpired?: boolean } = {},
  ): Promise<UploadClaims> {
    const claims = await this.#read(uploadReference);
    if (claims === undefined || claims.backendName !== backendName) throw new VideoNotFoundError();
    const isValid = this.#clock.now() < Date.parse(claims.validUntil);
    if (!isValid && options.acceptExpired !== true) throw new UploadExpiredError();
    return claims;
  }

  async #read(uploadReference: unknown): Promise<UploadClaims | undefined> {
    if (typeof uploadReference !== 'string' || uploadReference.length > MAX_LENGTH) return undefined;
    const [payload, signature, ...rest] = uploadReference.split('.');
    if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
    if (!(await this.#signer.verify(payload, signature))) return undefined;
    const bytes = decodeBase64Url(payload);
    return bytes && parseUploadClaims(new TextDecoder().decode(bytes));
  }
}
