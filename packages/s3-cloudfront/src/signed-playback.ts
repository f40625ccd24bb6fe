import {
  type Clock,
  type IssuedPlayback,
  type PlaybackRequest,
  type PlaybackSource,
  refuseOption,
  type SignedCookie,
  toTimestamp,
} from '@videostorage/core';
import { BoundedCache } from './bounded-cache.ts';
import type { CloudFrontClient } from './cloudfront-client.ts';
import type { PolicyTerms } from './cloudfront-policy.ts';
import type { ObjectLocation } from './object-key.ts';
import type { ParsedCloudFrontOptions, ParsedS3CloudFrontOptions } from './parsed-options.ts';

const MAX_LIFETIME_SECONDS = 86_400;
/** Enough for ten pages of a hundred videos each. */
const CACHED_SIGNATURES = 1000;

/** How grants are transported and rounded, and the object names below a video. */
export type SignedPlaybackOptions = Pick<
  ParsedCloudFrontOptions,
  'baseUrl' | 'hlsAccess' | 'cookieDomain' | 'cookieSameSite' | 'expiryWindowSeconds'
> &
  Pick<ParsedS3CloudFrontOptions, 'hlsManifest' | 'posterName'>;

/** Playback grants through the distribution, signed locally. */
export class SignedPlayback {
  readonly #client: CloudFrontClient;
  readonly #options: SignedPlaybackOptions;
  readonly #clock: Clock;
  readonly #skewMs: () => number;
  readonly #urls = new BoundedCache<string>(CACHED_SIGNATURES);
  readonly #cookies = new BoundedCache<readonly SignedCookie[]>(CACHED_SIGNATURES);

  /** `skewMs`: how far the clock of the edges is ahead of the host app's, in whole seconds. */
  constructor(client: CloudFrontClient, options: SignedPlaybackOptions, clock: Clock, skewMs: () => number) {
    this.#client = client;
    this.#options = options;
    this.#clock = clock;
    this.#skewMs = skewMs;
  }

  /** A grant for one video. @throws {ValidationError} an unsupported kind, or a `notBefore` that is not before the end */
  play(location: ObjectLocation, request: PlaybackRequest): IssuedPlayback {
    if (request.kind === 'iframe' || request.kind === 'dash')
      refuseOption('kind', 'Use `file` or `hls`: this backend has no other kind.');
    const skewMs = this.#skewMs();
    const times = this.#times(request, skewMs);
    const { baseUrl, hlsManifest, posterName } = this.#options;
    const videoUrl = `${baseUrl}${location.viewerPath}`;
    const expiresAt = toTimestamp(times.expiresAtSeconds * 1000 - skewMs);
    if (request.kind !== 'hls') {
      const url = this.#signedUrl({ ...times, resource: `${videoUrl}${location.key.slice(location.prefix.length)}` });
      const source: PlaybackSource = { kind: 'file', url, mimeType: location.mimeType };
      const posterUrl = posterName && this.#signedUrl({ ...times, resource: `${videoUrl}${posterName}` });
      return { expiresAt, access: 'url', sources: [source], ...(posterUrl && { posterUrl }) };
    }
    // A grant to stream does not open the original beside the renditions.
    const scopeUrl = `${videoUrl}hls/`;
    const url = `${videoUrl}${hlsManifest}`;
    const source: PlaybackSource = { kind: 'hls', url, mimeType: 'application/vnd.apple.mpegurl' };
    const terms = { ...times, resource: `${scopeUrl}*` };
    const posterUrl = posterName === undefined ? {} : { posterUrl: `${videoUrl}${posterName}` };
    const hls = { expiresAt, sources: [source], ...posterUrl };
    if (this.#options.hlsAccess === 'cookies')
      return { ...hls, access: 'cookies', cookies: this.#signedCookies(terms, scopeUrl) };
    return { ...hls, access: 'query', signedQuery: this.#signedUrl(terms).slice(terms.resource.length + 1), scopeUrl };
  }

  #signedUrl(terms: PolicyTerms): string {
    return this.#remembered(this.#urls, terms, () => this.#client.getSignedUrl(terms));
  }

  #signedCookies(terms: PolicyTerms, scopeUrl: string): readonly SignedCookie[] {
    const { cookieDomain: domain, cookieSameSite: sameSite } = this.#options;
    const scope = { path: new URL(scopeUrl).pathname, domain, sameSite };
    const sign = () => this.#client.getSignedCookies(terms, scope);
    return this.#remembered(this.#cookies, terms, sign).map((cookie) => ({ ...cookie }));
  }

  /** Without a window each second has a different end, so no signature would be used twice. */
  #remembered<T>(cache: BoundedCache<T>, terms: PolicyTerms, sign: () => T): T {
    if (this.#options.expiryWindowSeconds === 0) return sign();
    const { resource, expiresAtSeconds, notBeforeSeconds, ipRange } = terms;
    return cache.getOrMake(`${expiresAtSeconds} ${notBeforeSeconds} ${ipRange} ${resource}`, sign);
  }

  /** By the clock of the edges. */
  #times(request: PlaybackRequest, skewMs: number) {
    const nowSeconds = Math.floor((this.#clock.now() + skewMs) / 1000);
    const window = this.#options.expiryWindowSeconds;
    const wanted = nowSeconds + request.expiresInSeconds;
    const rounded = window === 0 ? wanted : Math.ceil(wanted / window) * window;
    // Never shorter than requested and never longer than a day: an end beyond the day is not rounded.
    const expiresAtSeconds = rounded - nowSeconds > MAX_LIFETIME_SECONDS ? wanted : rounded;
    const notBeforeSeconds = beginning(request.notBefore, skewMs, nowSeconds, wanted);
    return { expiresAtSeconds, notBeforeSeconds, ipRange: request.ipRange };
  }
}

/** Rounded up to whole seconds; undefined when it has passed already, since it needs no condition then. */
function beginning(
  notBefore: string | undefined,
  skewMs: number,
  nowSeconds: number,
  endSeconds: number,
): number | undefined {
  if (notBefore === undefined) return undefined;
  const seconds = Math.ceil((Date.parse(notBefore) + skewMs) / 1000);
  if (seconds >= endSeconds) refuseOption('notBefore', 'The grant must begin before it ends.');
  return seconds > nowSeconds ? seconds : undefined;
}
