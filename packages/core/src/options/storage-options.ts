import type { BaseStorageOptions } from '../base-storage/base-storage-options.ts';
import type { Clock } from '../contract/primitives.ts';
import type { Logger } from '../log/logger.ts';
import type { Secret } from '../log/secret.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';
import { checkedValues } from './check-options.ts';
import { clockOption } from './clock-option.ts';
import { loggerOption, rateLimiterOption, retryHandlerOption, validatorOption } from './collaborators.ts';
import { optional, wholeNumber } from './option-of.ts';
import type { CheckedOptions, OptionSchema, OptionSchemas } from './option-schema.ts';
import { secretListOption } from './secret-option.ts';

/** HMAC-SHA-256 keys shorter than its output weaken it (RFC 2104, section 3). */
const MIN_REFERENCE_SECRET_BYTES = 32;

/** What each option of `BaseStorageOptions` must be. */
export interface BaseStorageSchemas extends OptionSchemas<BaseStorageOptions> {
  /** The secrets, one to ten, of at least 32 bytes each. */
  readonly referenceSecrets: OptionSchema<readonly Secret[]>;
  /** A `Validator`, recognised by its methods, not by its class. */
  readonly validator: OptionSchema<Validator | undefined>;
  /** A `Logger`, recognised by its members, not by its class. */
  readonly logger: OptionSchema<Logger | undefined>;
  /** A `RateLimiter`, recognised by its methods, not by its class. */
  readonly rateLimiter: OptionSchema<RateLimiter | undefined>;
  /** A `RetryHandler`, recognised by its methods, not by its class. */
  readonly retryHandler: OptionSchema<RetryHandler | undefined>;
  /** A `Clock`, recognised by its methods, not by its class; its time must be finite. */
  readonly clock: OptionSchema<Clock | undefined>;
  /** A whole number of seconds, 1 to 86 400. */
  readonly uploadExpiresInSeconds: OptionSchema<number | undefined>;
}

const baseSchemas: BaseStorageSchemas = {
  referenceSecrets: secretListOption({ min: 1, minBytes: MIN_REFERENCE_SECRET_BYTES }),
  validator: optional(validatorOption),
  logger: optional(loggerOption),
  rateLimiter: optional(rateLimiterOption),
  retryHandler: optional(retryHandlerOption),
  clock: optional(clockOption),
  uploadExpiresInSeconds: optional(wholeNumber(1, 86_400, 'seconds')),
};

/** Options that belong to a collaborator but are often passed to the storage. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'validator: new Validator': ['maxSizeBytes', 'mimeTypes', 'maxDurationSeconds', 'rules'],
  'retryHandler: new RetryHandler': ['maxAttempts', 'attemptTimeoutMs', 'budgetTokens'],
  'rateLimiter: new RateLimiter': ['upload', 'playback', 'store', 'keySecret', 'storeTimeoutMs'],
  'logger: new Logger': ['sink', 'level', 'secrets', 'maxPending', 'onSinkError'],
};

/**
 * `checkOptions` for a storage: `schemas` are those of its own options; those of `BaseStorageOptions` are added.
 * @throws {ConfigurationError} says which option is wrong, why, and how to fix it; it never repeats a value
 */
export function checkStorageOptions<
  Options extends BaseStorageOptions,
  Schemas extends OptionSchemas<Omit<Options, keyof BaseStorageOptions>>,
>(owner: string, options: Options, schemas: Schemas): CheckedOptions<BaseStorageSchemas & Schemas> {
  return checkedValues(owner, options, { ...baseSchemas, ...schemas }, elsewhere);
}

/** Checks only `BaseStorageOptions`, for storages that check their own options in another way. @throws {ConfigurationError} */
export function checkBaseOptions(owner: string, options: BaseStorageOptions): CheckedOptions<BaseStorageSchemas> {
  const given = Object.keys(baseSchemas).map((name) => [name, Reflect.get(Object(options), name)]);
  return checkedValues(owner, Object.fromEntries(given), baseSchemas);
}

function elsewhere(name: string): string | undefined {
  const found = Object.entries(ELSEWHERE).find(([, names]) => names.includes(name));
  return found && `is not an option here; pass it with ${found[0]}({ ${name}: … })`;
}
