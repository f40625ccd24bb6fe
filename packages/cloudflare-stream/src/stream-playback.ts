import {
  type Clock,
  type Playback,
  type PlaybackKind,
  type PlaybackRequest,
  type PlaybackSource,
  toTimestamp,
  ValidationError,
  VideoNotFoundError,
} from '@videostorage/core';
import { onlyFrom } from './access-rules.ts';
import type { CloudflareClient } from './cloudflare-client.ts';
import type { ParsedStreamOptions } from './cloudflare-stream-options.ts';
import { CustomerOrigin } from './customer-origin.ts';
import { TokenSigner, type TokenTerms } from './signed-token.ts';

/** The best first: the player that Cloudflare keeps, then what own players take. */
const KINDS: readonly PlaybackKind[] = ['iframe', 'hls', 'dash'];
const PATHS: Readonly<Record<string, readonly [string, string]>> = {
  iframe: ['iframe', 'text/html'],
  hls: ['manifest/video.m3u8', 'application/vnd.apple.mpegurl'],
  dash: ['manifest/video.mpd', 'application/dash+xml'],
};
/** Their clocks may be a little behind ours. */
const SKEW_SECONDS = 60;
const MAX_RULES = 5;

/** Leaves to play: a token takes the place of the id in every URL. */
export class StreamPlayback {
  readonly #client: CloudflareClient;
  readonly #options: ParsedStreamOptions;
  readonly #clock: Clock;
  readonly #origin: CustomerOrigin;
  readonly #signer: TokenSigner | undefined;

  /** @throws {ConfigurationError} a signing key that is none */
  constructor(client: CloudflareClient, options: ParsedStreamOptions, clock: Clock) {
    this.#client = client;
    this.#options = options;
    this.#clock = clock;
    this.#origin = new CustomerOrigin(client, options);
    // All are parsed, so that a wrong one is found at construction and not at the rotation.
    [this.#signer] = options.signingKeys.map((key) => new TokenSigner(key.id, key.jwk));
  }

  /** Signed here where a key is configured; asks the API otherwise. */
  async play(videoId: string, request: PlaybackRequest): Promise<Playback> {
    const { kind, ipRange, downloadable } = request;
    if (kind !== undefined && !KINDS.includes(kind)) {
      const message = 'The kind must be iframe, hls or dash: Stream keeps no original file.';
      throw new ValidationError([{ path: 'kind', code: 'OPTION_INVALID', message }]);
    }
    const nowSeconds = Math.floor(this.#clock.now() / 1000);
    const expiresAtSeconds = nowSeconds + request.expiresInSeconds;
    const accessRules = [...(ipRange === undefined ? [] : onlyFrom(ipRange)), ...this.#options.accessRules];
    if (accessRules.length > MAX_RULES) {
      const message = 'Together with the rules of the storage there are too many access rules.';
      throw new ValidationError([{ path: 'ipRange', code: 'OPTION_INVALID', message }]);
    }
    const notBeforeSeconds =
      request.notBefore === undefined ? nowSeconds - SKEW_SECONDS : Math.floor(Date.parse(request.notBefore) / 1000);
    const terms = { videoId, expiresAtSeconds, notBeforeSeconds, downloadable, accessRules };
    const id = this.#options.requireSignedUrls ? await this.#token(terms, request.signal) : videoId;
    const base = `${await this.#origin.get(videoId, request.signal)}/${id}`;
    const sources = toSources(base, kind);
    const [first] = sources;
    if (first === undefined) throw new TypeError('There is always a source.');
    return {
      videoId,
      access: 'url',
      kind: first.kind,
      url: first.url,
      sources,
      posterUrl: `${base}/thumbnails/thumbnail.jpg`,
      animatedPreviewUrl: `${base}/thumbnails/thumbnail.gif`,
      ...(downloadable === true && { downloadUrl: `${base}/downloads/default.mp4` }),
      expiresAt: toTimestamp(expiresAtSeconds * 1000),
      renewAfter: toTimestamp((nowSeconds + request.expiresInSeconds * 0.8) * 1000),
    };
  }

  /** @throws {VideoNotFoundError} only where the API signs @throws {BackendError} */
  async #token(terms: TokenTerms, signal: AbortSignal | undefined): Promise<string> {
    if (this.#signer !== undefined) return this.#signer.sign(terms);
    const token = await this.#client.generateSignedToken(terms, signal);
    if (token === undefined) throw new VideoNotFoundError();
    return token;
  }
}

function toSources(base: string, first: PlaybackKind | undefined): readonly PlaybackSource[] {
  const kinds = first === undefined ? KINDS : [first, ...KINDS.filter((kind) => kind !== first)];
  return kinds.flatMap((kind) => {
    const [path, mimeType] = PATHS[kind] ?? [];
    return path === undefined || mimeType === undefined ? [] : [{ kind, url: `${base}/${path}`, mimeType }];
  });
}
