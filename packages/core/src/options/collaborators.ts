import type { LogSink } from '../contract/log-record.ts';
import type { RateLimitStore } from '../contract/rate-limit.ts';
import type { Logger } from '../log/logger.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';
import { hasMethods } from './has-methods.ts';
import { optionOf } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';

/** A `Validator`. */
export const validatorOption: OptionSchema<Validator> = optionOf(
  (value): value is Validator => hasMethods(value, 'validateUploadRequest', 'validateFileSize'),
  'must be a Validator, for instance new Validator({ maxSizeBytes: 2_000_000_000 })',
);

/** A `Logger`, recognised by its methods. A console, which has a method `log` too, is refused. */
export const loggerOption: OptionSchema<Logger> = optionOf(
  (value): value is Logger =>
    hasMethods(value, 'log') && typeof Reflect.get(Object(value), 'droppedCount') === 'number',
  'must be a Logger, for instance new Logger({ sink: consoleSink() })',
);

/** A `RateLimiter`. */
export const rateLimiterOption: OptionSchema<RateLimiter> = optionOf(
  (value): value is RateLimiter => hasMethods(value, 'checkUploadLimit', 'checkPlaybackLimit'),
  "must be a RateLimiter, for instance new RateLimiter({ upload: [{ scope: 'user', limit: 20, windowSeconds: 3600 }] })",
);

/** A `RetryHandler`. */
export const retryHandlerOption: OptionSchema<RetryHandler> = optionOf(
  (value): value is RetryHandler => hasMethods(value, 'run', 'runWithin', 'startDeadline'),
  'must be a RetryHandler, for instance new RetryHandler({ maxAttempts: 2 })',
);

/** A `LogSink`. */
export const sinkOption: OptionSchema<LogSink> = optionOf(
  (value): value is LogSink => typeof value === 'function',
  'must be a function that takes a record, for instance consoleSink() or pinoSink(pino())',
);

/** A `RateLimitStore`. */
export const rateLimitStoreOption: OptionSchema<RateLimitStore> = optionOf(
  (value): value is RateLimitStore => hasMethods(value, 'take'),
  'must be a RateLimitStore, for instance new MemoryRateLimitStore()',
);
