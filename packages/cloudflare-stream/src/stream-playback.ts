import {
  type CallRunner,
  type IssuedPlayback,
  type PlaybackKind,
  type PlaybackRequest,
  type PlaybackSource,
  refuseOption,
  type StorageCall,
  VideoNotFoundError,
} from '@videostorage/core';
import { type AccessRule, combineAccessRules, onlyFrom } from './access-rules.ts';
import type { CloudflareClient } from './cloudflare-client.ts';
import { CustomerOrigin } from './customer-origin.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import type { ProviderTime } from './provider-time.ts';
import { TokenSigner, type TokenTerms } from './signed-token.ts';
import { parsePlaybackExtras, type StreamPlaybackExtras } from './stream-playback-options.ts';
import { thumbnailQuery } from './thumbnail-query.ts';

/** Cloudflare's own player first, then the formats for other players. */
const SOURCES = [
  { kind: 'iframe', path: 'iframe', mimeType: 'text/html' },
  { kind: 'hls', path: 'manifest/video.m3u8', mimeType: 'application/vnd.apple.mpegurl' },
  { kind: 'dash', path: 'manifest/video.mpd', mimeType: 'application/dash+xml' },
] as const satisfies readonly (Omit<PlaybackSource, 'url'> & { readonly path: string })[];

/** Playback grants: a token takes the place of the id in every URL. */
export class StreamPlayback {
  readonly #client: CloudflareClient;
  readonly #options: ParsedStreamOptions;
  readonly #time: ProviderTime;
  readonly #origin: CustomerOrigin;
  readonly #signer: TokenSigner | undefined;

  /** @throws {ConfigurationError} a signing key of another form */
  constructor(client: CloudflareClient, options: ParsedStreamOptions, time: ProviderTime, call: CallRunner) {
    this.#client = client;
    this.#options = options;
    this.#time = time;
    this.#origin = new CustomerOrigin(client, options, call);
    // All are parsed, so that a wrong one is found at construction and not at the rotation.
    [this.#signer] = options.signingKeys.map((key) => new TokenSigner(key.id, key.jwk));
  }

  /**
   * Signs locally when a key is configured, and requests a token from the API otherwise. @throws {ValidationError} @throws
   * {BackendError}
   */
  async issue(
    videoId: string,
    request: PlaybackRequest & StreamPlaybackExtras,
    call: StorageCall,
  ): Promise<IssuedPlayback> {
    const { kind, downloadable } = request;
    if (kind !== undefined && !SOURCES.some((source) => source.kind === kind)) {
      refuseOption('kind', 'The kind must be iframe, hls or dash: Stream keeps no original file.');
    }
    const { poster, animatedPreview, accessRules } = parsePlaybackExtras(request);
    const terms = {
      videoId,
      expiresAtSeconds: this.#byTheirClock(request.expiresAt),
      notBeforeSeconds: this.#notBefore(request),
      downloadable,
      accessRules: this.#rules(accessRules, request.ipRange),
    };
    const id = this.#options.requireSignedUrls ? await this.#token(terms, call) : videoId;
    const base = `${await this.#origin.get(videoId, call)}/${id}`;
    return {
      access: 'url',
      sources: toSources(base, kind),
      posterUrl: `${base}/thumbnails/thumbnail.jpg${thumbnailQuery(poster ?? this.#options.poster)}`,
      animatedPreviewUrl: `${base}/thumbnails/thumbnail.gif${thumbnailQuery(animatedPreview ?? this.#options.animatedPreview)}`,
      ...(downloadable === true && { downloadUrl: `${base}/downloads/default.mp4${downloadQuery(request)}` }),
    };
  }

  /** Cloudflare compares it with its own clock. Absent unless it was requested, since a token without it is valid at once. */
  #notBefore({ notBefore }: PlaybackRequest): number | undefined {
    if (notBefore === undefined) return undefined;
    this.#refuseWithoutToken('notBefore');
    return this.#byTheirClock(notBefore);
  }

  #byTheirClock(timestamp: string): number {
    return Math.floor((Date.parse(timestamp) + this.#time.skewMs) / 1000);
  }

  #rules(asked: readonly AccessRule[] | undefined, ipRange: string | undefined): readonly AccessRule[] {
    if (asked !== undefined) this.#refuseWithoutToken('accessRules');
    if (ipRange !== undefined) this.#refuseWithoutToken('ipRange');
    const lists = [asked ?? [], ipRange === undefined ? [] : onlyFrom(ipRange)];
    let rules = this.#options.accessRules;
    for (const list of lists) {
      const message =
        'The access rules cannot all apply at once: only one list may name allowed viewers, and a token has at most 5 rules.';
      rules =
        combineAccessRules(rules, list) ?? refuseOption(ipRange === undefined ? 'accessRules' : 'ipRange', message);
    }
    return rules;
  }

  /** A public video has no token that could carry it: ignoring it would allow every viewer. */
  #refuseWithoutToken(path: string): void {
    if (!this.#options.requireSignedUrls)
      refuseOption(
        path,
        'The videos of this storage are public (`requireSignedUrls: false`), so a grant cannot limit who plays them.',
      );
  }

  /** @throws {VideoNotFoundError} only where the API signs @throws {BackendError} */
  async #token(terms: TokenTerms, call: StorageCall): Promise<string> {
    if (this.#signer !== undefined) return this.#signer.sign(terms);
    const token = await call.step('always', (signal) => this.#client.generateSignedToken(terms, signal));
    if (token === undefined) throw new VideoNotFoundError();
    return token;
  }
}

/** All of them, the requested kind first. */
function toSources(base: string, first: PlaybackKind | undefined): readonly PlaybackSource[] {
  const sources = SOURCES.map(({ kind, path, mimeType }) => ({ kind, url: `${base}/${path}`, mimeType }));
  return sources.sort((one, other) => Number(other.kind === first) - Number(one.kind === first));
}

/**
 * Stream accepts 1 to 120 of these characters, without the extension, which it adds itself (Cloudflare Stream, "Download
 * videos").
 */
function downloadQuery({ downloadName }: PlaybackRequest): string {
  const name = downloadName
    ?.replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .slice(0, 120);
  return name === undefined ? '' : `?filename=${name}`;
}
