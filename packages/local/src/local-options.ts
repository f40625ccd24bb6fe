import {
  type BaseStorageOptions,
  type BaseStorageSchemas,
  booleanOption,
  type CheckedOptions,
  checkStorageOptions,
  functionOption,
  isOrigin,
  nestedOptions,
  type OptionSchema,
  type OptionSchemas,
  optional,
  optionOf,
  optionsError,
} from '@videostorage/core';
import type { ObjectVideoStorageOptions } from '@videostorage/object-storage';
import { z } from 'zod';
import type { FileFunctions } from './file-functions.ts';

const OWNER = 'LocalStorage';
const PRICE_DAY = '2026-11-23';

/** What your disk and your traffic cost; both are free unless you say otherwise. */
export interface LocalPrices {
  /** US dollars for a gigabyte (10^9 bytes) kept for a month. Default 0. */
  readonly storageUsdPerGigabyteMonth?: number | undefined;
  /** US dollars for a gigabyte sent to viewers. Default 0. */
  readonly deliveryUsdPerGigabyte?: number | undefined;
  /** Date of these prices, `YYYY-MM-DD`. Required when a price is given. */
  readonly asOf?: string | undefined;
}

/** Options of `LocalStorage`. An unknown option is refused, with the nearest known name. */
export interface LocalStorageOptions extends ObjectVideoStorageOptions {
  /**
   * A folder that only this storage uses; created when missing. Several processes may use it at the same time. A path
   * that begins with `~` is refused: a shell expands it, Node does not.
   */
  readonly folder: string;
  /**
   * URL at which browsers reach the storage's `fetch` or `toNodeListener`, for instance `https://media.example.org` or
   * `https://example.org/media`. It must not have a query.
   */
  readonly baseUrl: string;
  /**
   * Origins, other than that of `baseUrl`, whose pages may upload and play, for instance `https://example.org`. Default:
   * any origin. That is safe because only the signed URL gives access, and no cookie does.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Your own prices for `estimateCost`. */
  readonly prices?: LocalPrices | undefined;
  /** File functions that replace those of Node, for tests. */
  readonly fileFunctions?: Partial<FileFunctions> | undefined;
}

const baseUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL, for instance https://example.org/media' })
  // A bare `?` or `#` is neither to the parser, and yet swallows all that comes behind it.
  .refine((text) => !/[?#]/.test(text), { error: 'must have neither query nor fragment' })
  .refine((text) => !URL.canParse(text) || hasNoCredentials(new URL(text)), {
    error: 'must not hold a user name or password: every browser gets it',
  })
  .transform((text) => new URL(text).href.replace(/\/+$/, ''));

const originSchema = z.string().refine(isOrigin, {
  error: 'must be an origin such as https://example.org, without a path',
});

const folderSchema = z
  .string({ error: 'must be the path of the folder to keep the videos in' })
  .min(1, { error: 'must be the path of the folder to keep the videos in' })
  .refine((path) => !/^~(?:$|[\\/])/.test(path), {
    error: "must not begin with `~`, which only shells replace; use join(homedir(), 'videos')",
  });

const price = z.number({ error: 'must be an amount in US dollars' }).nonnegative({ error: 'must not be negative' });

/** What each option of this backend must be. */
interface LocalSchemas extends OptionSchemas<Omit<LocalStorageOptions, keyof BaseStorageOptions>> {
  readonly folder: OptionSchema<string>;
  readonly baseUrl: OptionSchema<string>;
  readonly allowedOrigins: OptionSchema<readonly string[] | undefined>;
  readonly prices: OptionSchema<LocalPrices | undefined>;
  readonly inspectContent: OptionSchema<boolean | undefined>;
  readonly probe: OptionSchema<unknown>;
  readonly fileFunctions: OptionSchema<Partial<FileFunctions> | undefined>;
}

const schemas: LocalSchemas = {
  folder: folderSchema,
  baseUrl: baseUrlSchema,
  allowedOrigins: z.array(originSchema, { error: 'must be a list of origins such as https://example.org' }).optional(),
  prices: optional(
    nestedOptions({
      storageUsdPerGigabyteMonth: price.optional(),
      deliveryUsdPerGigabyte: price.optional(),
      asOf: z.iso.date({ error: 'must be a day such as 2026-11-23' }).optional(),
    }),
  ),
  inspectContent: optional(booleanOption),
  probe: optional(functionOption('must be a function such as probeVideo')),
  fileFunctions: optional(
    optionOf(
      (value): value is Partial<FileFunctions> => typeof value === 'object' && value !== null,
      'must be an object of file functions',
    ),
  ),
};

/** The options of this backend, checked and complete. */
export type LocalSettings = Omit<CheckedOptions<BaseStorageSchemas & LocalSchemas>, 'prices'> & {
  /** US dollars: of a gigabyte kept for a month, and of one sent. */
  readonly prices: { readonly storage: number; readonly delivery: number; readonly asOf: string };
};

/** The options in canonical form. @throws {ConfigurationError} whose message explains each fix */
export function parseLocalOptions(options: LocalStorageOptions): LocalSettings {
  const { prices, ...settings } = checkStorageOptions(OWNER, options, schemas);
  const storage = prices?.storageUsdPerGigabyteMonth ?? 0;
  const delivery = prices?.deliveryUsdPerGigabyte ?? 0;
  const asOf = prices?.asOf;
  if (asOf === undefined && (storage > 0 || delivery > 0)) {
    throw optionsError(OWNER, [
      {
        path: ['prices', 'asOf'],
        message: 'is needed beside a price: the day on which the price held, such as 2026-11-23',
      },
    ]);
  }
  return { ...settings, prices: { storage, delivery, asOf: asOf ?? PRICE_DAY } };
}

function hasNoCredentials({ username, password }: URL): boolean {
  return username === '' && password === '';
}
