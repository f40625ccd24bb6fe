import { type BaseStorageOptions, ConfigurationError } from '@videostorage/core';
import { z } from 'zod';
import type { FileFunctions } from './file-functions.ts';

/** What your disk and your line cost; both are free unless you say otherwise. */
export interface LocalPrices {
  /** US dollars for a gigabyte (10^9 bytes) kept for a month. Default 0. */
  readonly storageUsdPerGigabyteMonth?: number | undefined;
  /** US dollars for a gigabyte sent to viewers. Default 0. */
  readonly deliveryUsdPerGigabyte?: number | undefined;
  /** Day of these prices, `YYYY-MM-DD`. Needed when one of them is given. */
  readonly asOf?: string | undefined;
}

/** Options of `LocalStorage`. */
export interface LocalStorageOptions extends BaseStorageOptions {
  /** Folder that belongs to this storage alone; made when missing. One process at a time writes to it. */
  readonly folder: string;
  /** Where browsers reach the handler, for instance `https://media.example.org` or `https://example.org/media`. No query. */
  readonly baseUrl: string;
  /**
   * Origins of pages that may send and play from another origin, for instance `https://example.org`. Default: any page,
   * since the leave is in the URL and no cookie counts.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Longest play time of an upload that does not ask for less. Default 7 200. */
  readonly defaultMaxDurationSeconds?: number | undefined;
  /** Your own prices for `estimateCost`. */
  readonly prices?: LocalPrices | undefined;
  /** Other file functions than Node's, for tests. */
  readonly fileFunctions?: Partial<FileFunctions> | undefined;
}

/** The options of this backend, checked and complete. */
export interface LocalSettings {
  /** Folder of the storage. */
  readonly folder: string;
  /** As the URL standard writes it, without a slash at its end. */
  readonly baseUrl: string;
  /** Undefined = any. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** Longest play time by default. */
  readonly defaultMaxDurationSeconds: number;
  /** Life of an upload's leave. */
  readonly uploadExpiresInSeconds: number;
  /** What disk and line cost. */
  readonly prices: { readonly storage: number; readonly delivery: number; readonly asOf: string };
}

const PRICE_DAY = '2026-11-23';

const baseUrlSchema = z
  .url({ protocol: /^https?$/, error: 'baseUrl must be an http or https URL, for instance https://example.org/media.' })
  // A bare `?` or `#` is neither to the parser, and yet swallows all that comes behind it.
  .refine((text) => !/[?#]/.test(text), { error: 'baseUrl must have neither query nor fragment.' })
  .refine((text) => !URL.canParse(text) || hasNoCredentials(new URL(text)), {
    error: 'baseUrl must not hold a user name or password: every browser gets it.',
  });

const originSchema = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'Each of allowedOrigins must be an origin such as https://example.org, without a path.',
});

const settingsSchema = z.object({
  folder: z.string({ error: 'Give the folder to keep the videos in, as `folder`.' }).min(1, {
    error: 'Give the folder to keep the videos in, as `folder`.',
  }),
  baseUrl: baseUrlSchema,
  allowedOrigins: z.array(originSchema).optional(),
  defaultMaxDurationSeconds: z
    .number()
    .positive()
    .max(86_400, { error: 'defaultMaxDurationSeconds must be at most 86400 (a day).' })
    .default(7200),
  uploadExpiresInSeconds: z
    .int()
    .min(1)
    .max(604_800, { error: 'uploadExpiresInSeconds must be at most 604800 (a week).' })
    .default(86_400),
  prices: z
    .object({
      storageUsdPerGigabyteMonth: z.number().nonnegative().optional(),
      deliveryUsdPerGigabyte: z.number().nonnegative().optional(),
      asOf: z.iso.date({ error: 'prices.asOf must be a day such as 2026-11-23.' }).optional(),
    })
    .refine((prices) => prices.asOf !== undefined || isFree(prices), {
      error: 'Say with prices.asOf which day your prices are of.',
    })
    .default({}),
});

/** The options in canonical form. @throws {ConfigurationError} with the sentences that repair them */
export function parseLocalOptions(options: LocalStorageOptions): LocalSettings {
  const parsed = settingsSchema.safeParse(options);
  if (!parsed.success) {
    const sentences = parsed.error.issues.map((issue) => sentence(issue.path.join('.'), issue.message));
    throw new ConfigurationError(sentences.join(' '));
  }
  const { baseUrl, prices, allowedOrigins, ...settings } = parsed.data;
  return {
    ...settings,
    baseUrl: new URL(baseUrl).href.replace(/\/+$/, ''),
    allowedOrigins,
    prices: {
      storage: prices.storageUsdPerGigabyteMonth ?? 0,
      delivery: prices.deliveryUsdPerGigabyte ?? 0,
      asOf: prices.asOf ?? PRICE_DAY,
    },
  };
}

function hasNoCredentials({ username, password }: URL): boolean {
  return username === '' && password === '';
}

function isFree(prices: LocalPrices): boolean {
  return !prices.storageUsdPerGigabyteMonth && !prices.deliveryUsdPerGigabyte;
}

function sentence(path: string, message: string): string {
  return message.endsWith('.') ? message : `The option ${path} is not valid: ${message}.`;
}
