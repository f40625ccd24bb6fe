import { type BaseStorageOptions, ConfigurationError, Secret } from '@videostorage/core';
import { z } from 'zod';
import { type AccessRule, accessRuleSchema } from './access-rules.ts';
import type { StreamPrices } from './pricing.ts';

/** A key of `POST /stream/keys`: signs tokens here, without asking anybody. */
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
  /** The first signs. Without one, tokens are asked of the API: for tests, or fewer than 1 000 a day. */
  readonly signingKeys?: readonly SigningKeyOptions[] | undefined;
  /** The account's own code, for instance `f33zs165nr7gyfy4`. Default: learnt from any video, once. */
  readonly customerCode?: string | undefined;
  /** Verify webhooks; several for rotation. Without one, every webhook is refused. */
  readonly webhookSecrets?: readonly (string | Secret)[] | undefined;
  /** Videos can be played with a token only. Default true. */
  readonly requireSignedUrls?: boolean | undefined;
  /** Host names whose pages may play, for instance `*.example.com`. Default: all. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Reserved and enforced where a request names none, 1–36 000. Default 7 200. */
  readonly defaultMaxDurationSeconds?: number | undefined;
  /** Files larger than this go up by tus; at most 200 000 000. Default 200 000 000; 0 = always tus. */
  readonly basicUploadMaxBytes?: number | undefined;
  /** Where in a video its thumbnail is taken, 0–1. */
  readonly thumbnailTimestampPct?: number | undefined;
  /** Profile that is drawn into new videos. */
  readonly watermarkUid?: string | undefined;
  /** Videos disappear by themselves after so many days, 30–1 096. Default: never. */
  readonly scheduledDeletionDays?: number | undefined;
  /** Who may play, beside the token; first match wins, at most 5. Default: everybody with a token. */
  readonly accessRules?: readonly AccessRule[] | undefined;
  /** Of the API. Default `https://api.cloudflare.com`. */
  readonly apiOrigin?: string | undefined;
  /** Of playback, in place of the customer's own host; for emulators. */
  readonly playbackOrigin?: string | undefined;
  /** An undici dispatcher used instead of an own pool (Node only). */
  readonly dispatcher?: unknown;
  /** Overrides of the price table. */
  readonly prices?: Partial<StreamPrices> | undefined;
}

/** The settings with their defaults. */
export interface ParsedStreamOptions {
  readonly accountId: string;
  readonly apiToken: Secret;
  readonly signingKeys: readonly { readonly id: string; readonly jwk: Secret }[];
  readonly customerCode?: string | undefined;
  readonly webhookSecrets: readonly Secret[];
  readonly requireSignedUrls: boolean;
  readonly allowedOrigins: readonly string[];
  readonly defaultMaxDurationSeconds: number;
  readonly basicUploadMaxBytes: number;
  readonly thumbnailTimestampPct?: number | undefined;
  readonly watermarkUid?: string | undefined;
  readonly scheduledDeletionDays?: number | undefined;
  readonly accessRules: readonly AccessRule[];
  readonly apiOrigin: string;
  readonly playbackOrigin?: string | undefined;
  readonly uploadExpiresInSeconds?: number | undefined;
}

const MAX_BASIC_BYTES = 200_000_000;
const secret = z
  .union([z.string().min(1), z.instanceof(Secret)])
  .transform((value) => (typeof value === 'string' ? new Secret(value) : value));
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an origin, for instance https://api.cloudflare.com' })
  .transform((url) => new URL(url).origin);
const hostName = z
  .string()
  .regex(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i, 'must be host names without scheme or path');

const schema: z.ZodType<ParsedStreamOptions> = z.object({
  accountId: z.string().regex(/^[0-9a-f]{32}$/, 'must be the 32 hexadecimal digits of the account'),
  apiToken: secret,
  signingKeys: z
    .array(z.object({ id: z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'must be the id of a signing key'), jwk: secret }))
    .max(10)
    .default([]),
  customerCode: z
    .string()
    .regex(/^[a-z0-9]{4,64}$/, 'must be the code of customer-….cloudflarestream.com')
    .optional(),
  webhookSecrets: z.array(secret).max(10).default([]),
  requireSignedUrls: z.boolean().default(true),
  allowedOrigins: z.array(hostName).max(100).default([]),
  defaultMaxDurationSeconds: z.number().int().min(1).max(36_000).default(7200),
  basicUploadMaxBytes: z.number().int().min(0).max(MAX_BASIC_BYTES).default(MAX_BASIC_BYTES),
  thumbnailTimestampPct: z.number().min(0).max(1).optional(),
  watermarkUid: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  scheduledDeletionDays: z.number().int().min(30).max(1096).optional(),
  accessRules: z.array(accessRuleSchema).max(5, 'must be at most 5 rules').default([]),
  apiOrigin: origin.default('https://api.cloudflare.com'),
  playbackOrigin: origin.optional(),
  uploadExpiresInSeconds: z.number().int().min(60).max(604_800).optional(),
});

/** @throws {ConfigurationError} naming every wrong setting, without its value */
export function parseStreamOptions(options: CloudflareStreamOptions): ParsedStreamOptions {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => `\`${issue.path.join('.')}\` ${issue.message}`);
  throw new ConfigurationError(`CloudflareStreamStorage: ${sentences.join('; ')}.`);
}
