import type { Clock } from '../contract/primitives.ts';
import type { Logger } from '../log/logger.ts';
import type { Secret } from '../log/secret.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';

/** Options of every storage, beside its own. */
export interface BaseStorageOptions {
  /** Sign upload references: one to ten, at least 32 bytes each. The first signs, all verify, so secrets can be rotated. */
  readonly referenceSecrets: readonly (string | Secret)[];
  /** Default: `new Validator()`. */
  readonly validator?: Validator | undefined;
  /** Default: logs nothing. */
  readonly logger?: Logger | undefined;
  /** Default: 20 uploads an hour and 600 playbacks an hour per user, in memory. */
  readonly rateLimiter?: RateLimiter | undefined;
  /** Default: a new one for this storage. Share one between storages of the same provider account. */
  readonly retryHandler?: RetryHandler | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Lifetime of a ticket in seconds, 1–86 400. Default 3 600 for `post`, 86 400 for `tus` and `multipart`. */
  readonly uploadExpiresInSeconds?: number | undefined;
}
