import type { Clock } from '../contract/primitives.ts';
import type { Logger } from '../log/logger.ts';
import type { Secret } from '../log/secret.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';

/** What every backend takes: its injected collaborators. */
export interface BaseStorageOptions {
  /** Signs upload references. At least 32 bytes each; the first signs, all verify. */
  readonly referenceSecrets: readonly (string | Secret)[];
  /** Default: `new Validator()`. */
  readonly validator?: Validator | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
  /** Default: 20 uploads an hour and 600 playbacks an hour per user, in memory. */
  readonly rateLimiter?: RateLimiter | undefined;
  /** Default: one of its own; share one between storages of the same account. */
  readonly retryHandler?: RetryHandler | undefined;
  /** Default: the computer's time. */
  readonly clock?: Clock | undefined;
  /** Lifetime of a ticket, 1–86 400. Default 3 600 for `post`, 86 400 for `tus` and `multipart`. */
  readonly uploadExpiresInSeconds?: number | undefined;
}
