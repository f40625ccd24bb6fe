import type { Clock } from '../contract/primitives.ts';
import type { Logger } from '../log/logger.ts';
import type { Secret } from '../log/secret.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';

/** Options that every storage takes, in addition to its own. */
export interface BaseStorageOptions {
  /**
   * The secrets that sign upload references: one to ten, at least 32 bytes each. The first signs, all verify, so that
   * secrets can be rotated.
   */
  readonly referenceSecrets: readonly (string | Secret)[];
  /** Checks upload requests. Default: `new Validator()`. */
  readonly validator?: Validator | undefined;
  /** Where events are logged. Default: nothing is logged. */
  readonly logger?: Logger | undefined;
  /** Limits uploads and playbacks. Default: 20 uploads and 600 playbacks an hour per user, counted in memory. */
  readonly rateLimiter?: RateLimiter | undefined;
  /** Retries provider requests. Default: a new one for this storage. Share one between storages of the same provider account. */
  readonly retryHandler?: RetryHandler | undefined;
  /** Dates tickets, grants and references. Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Lifetime of a ticket in seconds, 1–86 400. Default 3 600 for `post`, 86 400 for `tus` and `multipart`. */
  readonly uploadExpiresInSeconds?: number | undefined;
}
