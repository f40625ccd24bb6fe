import {
  type BaseStorageOptions,
  checkStorageOptions,
  isSecret,
  type OptionSchemas,
  optional,
  optionsError,
  Secret,
  secretListOption,
} from '@videostorage/core';
import { z } from 'zod';
import { type AccessRule, accessRulesSchema } from './access-rules.ts';
import type { CloudflareStreamOptions } from './cloudflare-stream-options.ts';
import type { StreamPrices } from './pricing.ts';
import {
  type AnimatedPreviewOptions,
  animatedPreviewSchema,
  type PosterOptions,
  posterSchema,
} from './thumbnail-query.ts';

/** The settings with their defaults. */
export interface ParsedStreamOptions {
  readonly accountId: string;
  readonly apiToken: Secret;
  readonly signingKeys: readonly { readonly id: string; readonly jwk: Secret }[];
  readonly customerCode?: string | undefined;
  readonly webhookSecrets: readonly Secret[];
  readonly requireSignedUrls: boolean;
  readonly allowedHosts: readonly string[];
  readonly defaultMaxDurationSeconds: number;
  readonly basicUploadMaxBytes: number;
  readonly thumbnailTimestampPct?: number | undefined;
  readonly watermarkUid?: string | undefined;
  readonly scheduledDeletionDays?: number | undefined;
  readonly accessRules: readonly AccessRule[];
  readonly poster?: PosterOptions | undefined;
  readonly animatedPreview?: AnimatedPreviewOptions | undefined;
  readonly allowCopyFromUrl: boolean;
  readonly apiOrigin: string;
  readonly playbackOrigin?: string | undefined;
  readonly dispatcher?: unknown;
  readonly prices?: Partial<StreamPrices> | undefined;
}

const OWNER = 'CloudflareStreamStorage';
const MAX_BASIC_BYTES = 200_000_000;
/** Larger files are sent by tus, so that a dropped connection does not begin the upload again. */
const DEFAULT_BASIC_BYTES = 16 * 1024 * 1024;

const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });
const flag = z.boolean({ error: 'must be true or false' });
const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};
const list = <T extends z.ZodType>(item: T, max: number) =>
  z.array(item, { error: 'must be a list' }).max(max, `must hold at most ${max}`);
const price = z.number({ error: 'must be a price of 0 or more' }).min(0, 'must be a price of 0 or more');

/** Text, or a `Secret` from any copy of core. */
const textOrSecret = (error: string) =>
  z
    .custom<string | Secret>((value) => typeof value === 'string' || isSecret(value), { error })
    .transform((value) => (typeof value === 'string' ? new Secret(value) : value));
const JWK = 'must be text; is its environment variable set?';
const jwk = textOrSecret(JWK).refine((value) => value.reveal().length > 0, { error: JWK });
const TOKEN = 'must be an API token without spaces and line breaks; is its environment variable set?';
const apiToken = textOrSecret(TOKEN).refine(
  (value) => /^[\x21-\x7E]{1,1024}$/.test(new TextDecoder().decode(value.reveal())),
  { error: TOKEN },
);
const FRACTION = 'must be a number from 0 to 1';
const ORIGIN = 'must be an origin without path, for instance https://api.cloudflare.com';
const origin = z
  .url({ protocol: /^https?$/, error: ORIGIN })
  .refine((url) => URL.canParse(url) && `${new URL(url).origin}/` === new URL(url).href, { error: ORIGIN })
  .transform((url) => new URL(url).origin);
const hostName = text(
  /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i,
  'must be a host name without scheme or path, for instance *.example.com',
);
/** Host names, in the form of the API's lists. */
export const hostNames: z.ZodType<readonly string[]> = list(hostName, 100);
const signingKey = z.strictObject(
  { id: text(/^[A-Za-z0-9]{1,64}$/, 'must be the id of a signing key'), jwk },
  { error: 'must be { id, jwk } as `signingKeys.create()` returned it' },
);
const dispatcher = z.custom((value) => typeof (value as { dispatch?: unknown } | null)?.dispatch === 'function', {
  error: 'must be a dispatcher of undici, for instance new Agent()',
});

/** The schema of each setting; core checks those that every backend has. */
const schemas = {
  accountId: text(/^[0-9a-f]{32}$/, 'must be the 32 hexadecimal digits of the account'),
  apiToken,
  signingKeys: list(signingKey, 10).default([]),
  customerCode: text(/^[a-z0-9]{4,64}$/, 'must be the code of customer-….cloudflarestream.com').optional(),
  webhookSecrets: optional(secretListOption()),
  requireSignedUrls: flag.default(true),
  allowedHosts: hostNames.default([]),
  defaultMaxDurationSeconds: whole(1, 36_000).default(7200),
  basicUploadMaxBytes: whole(0, MAX_BASIC_BYTES).default(DEFAULT_BASIC_BYTES),
  thumbnailTimestampPct: z.number({ error: FRACTION }).min(0, FRACTION).max(1, FRACTION).optional(),
  watermarkUid: text(/^[0-9a-f]{32}$/, 'must be the 32 hexadecimal digits of a watermark profile').optional(),
  scheduledDeletionDays: whole(30, 1096).optional(),
  accessRules: accessRulesSchema.default([]),
  poster: posterSchema.optional(),
  animatedPreview: animatedPreviewSchema.optional(),
  allowCopyFromUrl: flag.default(false),
  apiOrigin: origin.default('https://api.cloudflare.com'),
  playbackOrigin: origin.optional(),
  dispatcher: dispatcher.optional(),
  prices: z
    .strictObject({
      asOf: text(/^\d{4}-\d\d-\d\d$/, 'must be a day, for instance 2026-11-23'),
      storageBlockUsd: price,
      storageBlockMinutes: whole(1, 1_000_000_000),
      thousandDeliveredMinutesUsd: price,
    })
    .partial()
    .transform(withoutUndefined)
    .optional(),
} satisfies OptionSchemas<Omit<CloudflareStreamOptions, keyof BaseStorageOptions>>;

/** @throws {ConfigurationError} naming every wrong setting, without its value */
export function parseStreamOptions(options: CloudflareStreamOptions): ParsedStreamOptions {
  const { webhookSecrets = [], ...parsed } = checkStorageOptions(OWNER, options, schemas);
  if (!parsed.requireSignedUrls && parsed.accessRules.length > 0) {
    const message = 'are part of tokens, so they need `requireSignedUrls: true`';
    throw optionsError(OWNER, [{ path: ['accessRules'], message }]);
  }
  return { ...parsed, webhookSecrets };
}

/** An undefined value would replace its default. */
function withoutUndefined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
