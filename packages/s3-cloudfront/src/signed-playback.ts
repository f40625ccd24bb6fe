import type { Clock, Playback, PlaybackRequest, PlaybackSource } from '@videostorage/core';
import { toTimestamp } from '@videostorage/core';
import { BoundedCache } from './bounded-cache.ts';
import { checkPolicyTerms, type PolicyTerms } from './cloudfront-policy.ts';
import type { ObjectLocation } from './object-key.ts';
import type { ParsedCloudFrontOptions, ParsedS3CloudFrontOptions } from './parsed-options.ts';
import { signedCookies } from './signed-cookies.ts';
import { signedQuery } from './signed-query.ts';
import { parseSigningKey, type SigningKey } from './signing-key.ts';

const MAX_LIFETIME_SECONDS = 86_400;
/** A page of a hundred videos, ten times over. */
const CACHED_SIGNATURES = 1000;

/** Leaves to play through the distribution, signed here. */
export class SignedPlayback {
  readonly #options: ParsedCloudFrontOptions;
  readonly #hlsManifest: string;
  readonly #posterName: string | undefined;
  readonly #key: SigningKey;
  readonly #clock: Clock;
  readonly #queries = new BoundedCache<string>(CACHED_SIGNATURES);

  /** @throws {ConfigurationError} a private key that is not one of CloudFront's */
  constructor(options: ParsedS3CloudFrontOptions, cloudFront: ParsedCloudFrontOptions, clock: Clock) {
    this.#options = cloudFront;
    this.#hlsManifest = options.hlsManifest;
    this.#posterName = options.posterName;
    this.#clock = clock;
    // All of them are parsed, so that a wrong one is found at construction and not at the rotation.
    const keys = cloudFront.keyPairs.map((pair) => parseSigningKey(pair.keyPairId, pair.privateKey, pair.passphrase));
    const [first] = keys;
    if (first === undefined) throw new TypeError('The options hold at least one key pair.');
    this.#key = first;
  }

  /** A leave for one video. */
  play(videoId: string, location: ObjectLocation, request: PlaybackRequest): Playback {
    const times = this.#times(request);
    const scopeUrl = `${this.#options.baseUrl}/${location.prefix}`;
    const base = {
      videoId,
      expiresAt: toTimestamp(times.expiresAtSeconds * 1000),
      renewAfter: toTimestamp(times.renewAfterMs),
    };
    if (request.kind !== 'hls') {
      const url = this.#signedUrl(`${this.#options.baseUrl}/${location.key}`, times);
      const source: PlaybackSource = { kind: 'file', url, mimeType: location.mimeType };
      const posterUrl = this.#posterName && this.#signedUrl(`${scopeUrl}${this.#posterName}`, times);
      return { ...base, access: 'url', kind: 'file', url, sources: [source], ...(posterUrl && { posterUrl }) };
    }
    const url = `${scopeUrl}${this.#hlsManifest}`;
    const source: PlaybackSource = { kind: 'hls', url, mimeType: 'application/vnd.apple.mpegurl' };
    const terms = { ...times, resource: `${scopeUrl}*` };
    const posterUrl = this.#posterName === undefined ? {} : { posterUrl: `${scopeUrl}${this.#posterName}` };
    const hls = { ...base, kind: 'hls', url, sources: [source], ...posterUrl } as const;
    if (this.#options.hlsAccess === 'query')
      return { ...hls, access: 'query', signedQuery: this.#query(terms), scopeUrl };
    checkPolicyTerms(terms, this.#nowSeconds());
    const { cookieDomain: domain, cookieSameSite: sameSite, hashAlgorithm } = this.#options;
    const scope = { path: new URL(scopeUrl).pathname, domain, sameSite };
    return { ...hls, access: 'cookies', cookies: signedCookies(terms, this.#key, hashAlgorithm, scope) };
  }

  #signedUrl(resource: string, times: Omit<PolicyTerms, 'resource'>): string {
    return `${resource}?${this.#query({ ...times, resource })}`;
  }

  #query(terms: PolicyTerms): string {
    const sign = () => {
      checkPolicyTerms(terms, this.#nowSeconds());
      return signedQuery(terms, this.#key, this.#options.hashAlgorithm);
    };
    if (this.#options.expiryWindowSeconds === 0) return sign();
    const { resource, expiresAtSeconds, notBeforeSeconds, ipRange } = terms;
    return this.#queries.getOrMake(`${expiresAtSeconds} ${notBeforeSeconds} ${ipRange} ${resource}`, sign);
  }

  #times(request: PlaybackRequest) {
    const nowMs = this.#clock.now();
    const nowSeconds = Math.floor(nowMs / 1000);
    const window = this.#options.expiryWindowSeconds;
    const wanted = nowSeconds + request.expiresInSeconds;
    const rounded = window === 0 ? wanted : Math.ceil(wanted / window) * window;
    // Rounding up must not break the cap; rounding down may then shorten the leave a little.
    const capped = rounded - nowSeconds > MAX_LIFETIME_SECONDS ? rounded - window : rounded;
    const expiresAtSeconds = capped > nowSeconds ? capped : wanted;
    const renewAfterMs = nowMs + Math.floor((expiresAtSeconds * 1000 - nowMs) * 0.8);
    const notBefore = request.notBefore === undefined ? undefined : Math.floor(Date.parse(request.notBefore) / 1000);
    return { expiresAtSeconds, renewAfterMs, notBeforeSeconds: notBefore, ipRange: request.ipRange };
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}
