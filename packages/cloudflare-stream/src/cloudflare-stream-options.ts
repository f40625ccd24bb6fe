import type { BaseStorageOptions, Secret } from '@videostorage/core';
import type { AccessRule } from './access-rules.ts';
import type { StreamPrices } from './pricing.ts';
import type { AnimatedPreviewOptions, PosterOptions } from './thumbnail-query.ts';

/** A key of `POST /stream/keys`: signs tokens here, without a request. */
export interface SigningKeyOptions {
  /** The key's id. */
  readonly id: string;
  /** Its `jwk` as the API gave it: base64 of JSON. */
  readonly jwk: string | Secret;
}

/** Settings of `CloudflareStreamStorage`. */
export interface CloudflareStreamOptions extends BaseStorageOptions {
  /** 32 hexadecimal digits, from the dashboard's address. */
  readonly accountId: string;
  /** An API token with the permission Account → Stream → Edit. */
  readonly apiToken: string | Secret;
  /** The first signs. Without one, tokens are requested from the API: for tests, or fewer than 1 000 a day. */
  readonly signingKeys?: readonly SigningKeyOptions[] | undefined;
  /** The account's own code, for instance `f33zs165nr7gyfy4`. Default: read from any video, once. */
  readonly customerCode?: string | undefined;
  /** Verify webhooks; several for rotation. Without one, every webhook is refused. */
  readonly webhookSecrets?: readonly (string | Secret)[] | undefined;
  /** Videos can be played with a token only. Default true. */
  readonly requireSignedUrls?: boolean | undefined;
  /** Host names whose pages may play, for instance `*.example.com`. Default: all. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Reserved and enforced where a request names none, 1–36 000. Default 7 200. */
  readonly defaultMaxDurationSeconds?: number | undefined;
  /** Files larger than this go by tus, which resumes; at most 200 000 000. Default 16 777 216 (16 MiB); 0 = always tus. */
  readonly basicUploadMaxBytes?: number | undefined;
  /** Where in a video its thumbnail is taken, 0–1. */
  readonly thumbnailTimestampPct?: number | undefined;
  /** Profile that is drawn into new videos. */
  readonly watermarkUid?: string | undefined;
  /** Videos disappear by themselves after so many days, 30–1 096. Default: never. */
  readonly scheduledDeletionDays?: number | undefined;
  /** Who may play, beside the token; first match wins, at most 5. Default: everybody with a token. */
  readonly accessRules?: readonly AccessRule[] | undefined;
  /** Of the posters of all playbacks. Default: the provider's. */
  readonly poster?: PosterOptions | undefined;
  /** Of the animated previews of all playbacks. Default: the provider's. */
  readonly animatedPreview?: AnimatedPreviewOptions | undefined;
  /** Whether `storage.copyFromUrl` is there: it lets your server send Cloudflare to any public address. Default false. */
  readonly allowCopyFromUrl?: boolean | undefined;
  /** Of the API. Default `https://api.cloudflare.com`. */
  readonly apiOrigin?: string | undefined;
  /** Of playback, in place of the customer's own host; for emulators. */
  readonly playbackOrigin?: string | undefined;
  /** An undici dispatcher used instead of an own pool (Node only). */
  readonly dispatcher?: unknown;
  /** Overrides of the price table. */
  readonly prices?: Partial<StreamPrices> | undefined;
}
