import type { LogSink } from '../contract/log-record.ts';
import type { RateLimitStore } from '../contract/rate-limit.ts';
import type { Logger } from '../log/logger.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';
import { hasMethods } from './has-methods.ts';
import { optionOf } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';

/** A schema for a `Validator`, recognised by its methods, not by its class. */
export const validatorOption: OptionSchema<Validator> = optionOf(
  (value): value is Validator => hasMethods(value, 'validateUploadRequest', 'validateFileSize'),
  'must be a Validator, for instance new Validator({ maxSizeBytes: 2_000_000_000 })',
);

/**
 * A schema for a `Logger`, recognised by `log` and `droppedCount`, not by its class. A console is refused: it has only
 * `log`.
 */
export const loggerOption: OptionSchema<Logger> = optionOf(
  (value): value is Logger =>
    hasMethods(value, 'log') && typeof Reflect.get(Object(value), 'droppedCount') === 'number',
  'must be a Logger, for instance new Logger({ sink: consoleSink() })',
);

/** A schema for a `RateLimiter`, recognised by its methods, not by its class. */
export const rateLimiterOption: OptionSchema<RateLimiter> = optionOf(
  (value): value is RateLimiter => hasMethods(value, 'checkUploadLimit', 'checkPlaybackLimit'),
  "must be a RateLimiter, for instance new RateLimiter({ upload: [{ scope: 'user', limit: 20, windowSeconds: 3600 }] })",
);

/** A schema for a `RetryHandler`, recognised by its methods, not by its class. */
export const retryHandlerOption: OptionSchema<RetryHandler> = optionOf(
  (value): value is RetryHandler => hasMethods(value, 'run', 'runWithin', 'startDeadline'),
  'must be a RetryHandler, for instance new RetryHandler({ maxAttempts: 2 })',
);

/** A schema for a `LogSink`: any function. */
export const sinkOption: OptionSchema<LogSink> = optionOf(
  (value): value is LogSink => typeof value === 'function',
  'must be a function that takes a record, for instance consoleSink() or pinoSink(pino())',
);

/** A schema for a `RateLimitStore`, recognised by its method, not by its class. */
export const rateLimitStoreOption: OptionSchema<RateLimitStore> = optionOf(
  (value): value is RateLimitStore => hasMethods(value, 'take'),
  'must be a RateLimitStore, for instance new MemoryRateLimitStore()',
);
