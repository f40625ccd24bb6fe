import type { BaseStorageOptions, Secret } from '@videostorage/core';
import type { AccessRule } from './access-rules.ts';
import type { StreamPrices } from './pricing.ts';
import type { AnimatedPreviewOptions, PosterOptions } from './thumbnail-query.ts';

/** A key that `POST /stream/keys` created; it signs tokens locally, without a request. */
export interface SigningKeyOptions {
  /** Id of the key. */
  readonly id: string;
  /** The key's `jwk` as the API returned it: base64 of JSON. */
  readonly jwk: string | Secret;
}

/** Settings of `CloudflareStreamStorage`. */
export interface CloudflareStreamOptions extends BaseStorageOptions {
  /** 32 hexadecimal digits, from the dashboard's address. */
  readonly accountId: string;
  /** An API token with the permission Account → Stream → Edit. */
  readonly apiToken: string | Secret;
  /**
   * Keys that sign playback tokens; the first signs. Without any, tokens are requested from the API, which is enough
   * for tests, or for fewer than 1 000 tokens a day.
   */
  readonly signingKeys?: readonly SigningKeyOptions[] | undefined;
  /** The account's code in playback URLs, for instance `f33zs165nr7gyfy4`. Default: read once from any video. */
  readonly customerCode?: string | undefined;
  /** Secrets that verify webhooks; several for rotation. Without any, every webhook is refused. */
  readonly webhookSecrets?: readonly (string | Secret)[] | undefined;
  /** Whether videos can be played only with a token. Default true. */
  readonly requireSignedUrls?: boolean | undefined;
  /** Host names whose pages may play the videos, for instance `*.example.com`. Default: all. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * The duration in seconds that Stream reserves, and enforces as a limit, for a request without `maxDurationSeconds`,
   * 1–36 000. Default 7 200.
   */
  readonly defaultMaxDurationSeconds?: number | undefined;
  /** Files larger than this are sent by tus, which can resume; at most 200 000 000. Default 16 777 216 (16 MiB); 0 = always tus. */
  readonly basicUploadMaxBytes?: number | undefined;
  /**
   * The position from which a video's thumbnail is taken, as a share of its duration, 0–1. Default: the provider's, the
   * beginning.
   */
  readonly thumbnailTimestampPct?: number | undefined;
  /** Id of the watermark profile that is applied to new videos. Default: none. */
  readonly watermarkUid?: string | undefined;
  /** Stream deletes videos automatically after this many days, 30–1 096. Default: never. */
  readonly scheduledDeletionDays?: number | undefined;
  /** Rules that restrict who may play, in addition to the token; the first match decides; at most 5. Default: everybody with a token. */
  readonly accessRules?: readonly AccessRule[] | undefined;
  /** Which picture is the poster of every playback grant. Default: the provider's. */
  readonly poster?: PosterOptions | undefined;
  /** Which animation is the preview of every playback grant. Default: the provider's. */
  readonly animatedPreview?: AnimatedPreviewOptions | undefined;
  /**
   * Whether the storage has `copyFromUrl`, by which your server can let Cloudflare fetch videos from any public https
   * URL. Default false.
   */
  readonly allowCopyFromUrl?: boolean | undefined;
  /** Origin of the API. Default `https://api.cloudflare.com`. */
  readonly apiOrigin?: string | undefined;
  /** Origin of playback URLs, for emulators. Default: `https://customer-<customerCode>.cloudflarestream.com`. */
  readonly playbackOrigin?: string | undefined;
  /** An undici dispatcher to use instead of the storage's own connection pool (Node only). */
  readonly dispatcher?: unknown;
  /** Prices that replace those of `PRICES`, for `estimateCost`. */
  readonly prices?: Partial<StreamPrices> | undefined;
}
