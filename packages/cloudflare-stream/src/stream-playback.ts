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
import { type AccessRule, combineAccessRules, onlyFrom } from './access-rules.ts';
import type { CloudflareClient } from './cloudflare-client.ts';
import { CustomerOrigin } from './customer-origin.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import { TokenSigner, type TokenTerms } from './signed-token.ts';
import { parsePlaybackExtras, type StreamPlaybackExtras } from './stream-playback-options.ts';
import { thumbnailQuery } from './thumbnail-query.ts';

/** The best first: the player that Cloudflare keeps, then what own players take. */
const KINDS: readonly PlaybackKind[] = ['iframe', 'hls', 'dash'];
const PATHS: Readonly<Record<string, readonly [string, string]>> = {
  iframe: ['iframe', 'text/html'],
  hls: ['manifest/video.m3u8', 'application/vnd.apple.mpegurl'],
  dash: ['manifest/video.mpd', 'application/dash+xml'],
};
/** Their clocks may be a little behind ours. */
const SKEW_SECONDS = 60;

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

  /** Whether a leave is made here, without asking the API. */
  get asksNobody(): boolean {
    return this.#origin.isKnown && (this.#signer !== undefined || !this.#options.requireSignedUrls);
  }

  /** Signed here where a key is configured; asks the API otherwise. @throws {ValidationError} @throws {BackendError} */
  async play(videoId: string, request: PlaybackRequest & StreamPlaybackExtras): Promise<Playback> {
    const { kind, downloadable } = request;
    if (kind !== undefined && !KINDS.includes(kind)) {
      refuse('kind', 'The kind must be iframe, hls or dash: Stream keeps no original file.');
    }
    const { poster, animatedPreview, accessRules } = parsePlaybackExtras(request);
    const nowSeconds = Math.floor(this.#clock.now() / 1000);
    const expiresAtSeconds = nowSeconds + request.expiresInSeconds;
    const terms = {
      videoId,
      expiresAtSeconds,
      notBeforeSeconds: this.#notBefore(request, nowSeconds, expiresAtSeconds),
      downloadable,
      accessRules: this.#rules(accessRules, request.ipRange),
    };
    const id = this.#options.requireSignedUrls ? await this.#token(terms, request.signal) : videoId;
    const base = `${await this.#origin.get(videoId)}/${id}`;
    const sources = toSources(base, kind);
    const [first] = sources;
    if (first === undefined) throw new TypeError('There is always a source.');
    return {
      videoId,
      access: 'url',
      kind: first.kind,
      url: first.url,
      sources,
      posterUrl: `${base}/thumbnails/thumbnail.jpg${thumbnailQuery(poster ?? this.#options.poster)}`,
      animatedPreviewUrl: `${base}/thumbnails/thumbnail.gif${thumbnailQuery(animatedPreview ?? this.#options.animatedPreview)}`,
      ...(downloadable === true && { downloadUrl: `${base}/downloads/default.mp4` }),
      expiresAt: toTimestamp(expiresAtSeconds * 1000),
      renewAfter: toTimestamp((nowSeconds + request.expiresInSeconds * 0.8) * 1000),
    };
  }

  #notBefore({ notBefore }: PlaybackRequest, nowSeconds: number, expiresAtSeconds: number): number {
    if (notBefore === undefined) return nowSeconds - SKEW_SECONDS;
    this.#refuseWithoutToken('notBefore');
    const seconds = Math.floor(Date.parse(notBefore) / 1000);
    if (seconds >= expiresAtSeconds) refuse('notBefore', 'The beginning must lie before the end of the leave.');
    return seconds;
  }

  #rules(asked: readonly AccessRule[] | undefined, ipRange: string | undefined): readonly AccessRule[] {
    if (asked !== undefined) this.#refuseWithoutToken('accessRules');
    if (ipRange !== undefined) this.#refuseWithoutToken('ipRange');
    const lists = [asked ?? [], ipRange === undefined ? [] : onlyFrom(ipRange)];
    let rules = this.#options.accessRules;
    for (const list of lists) {
      const message =
        'The access rules cannot all hold at once: only one list may say who is allowed, and 5 fit in all.';
      rules = combineAccessRules(rules, list) ?? refuse(ipRange === undefined ? 'accessRules' : 'ipRange', message);
    }
    return rules;
  }

  /** A public video has no token that could bear it: silence would let everybody in. */
  #refuseWithoutToken(path: string): void {
    if (!this.#options.requireSignedUrls) refuse(path, 'The videos of this storage are public and need no leave.');
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

function refuse(path: string, message: string): never {
  throw new ValidationError([{ path, code: 'OPTION_INVALID', message }]);
}
