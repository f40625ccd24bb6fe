import type { LogSink } from '../contract/log-record.ts';
import type { Clock } from '../contract/primitives.ts';
import type { RateLimitStore } from '../contract/rate-limit.ts';
import type { Logger } from '../log/logger.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RetryHandler } from '../retry/retry-handler.ts';
import type { Validator } from '../validation/validator.ts';
import { optionOf } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';

/** By shape and not by class: a package may be loaded twice, and a host app may write its own collaborator. */
function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => name in value && typeof Reflect.get(value, name) === 'function')
  );
}

/** A `Validator`. */
export const validatorOption: OptionSchema<Validator> = optionOf(
  (value): value is Validator => hasMethods(value, 'validateUploadRequest', 'validateFileSize'),
  'must be a Validator, for instance new Validator({ maxSizeBytes: 2_000_000_000 })',
);

/** A `Logger`. A console has `log` too, but is not one. */
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

/** A `Clock` whose time is a finite number: with NaN everything would expire at once, or never. */
export const clockOption: OptionSchema<Clock> = optionOf(
  (value): value is Clock => hasMethods(value, 'now', 'sleep') && isTime(value),
  'must be a Clock: now() returns finite milliseconds, sleep(delayMs, signal) returns a promise',
);

/** The part of a `Clock` that says the time. */
export const timeOption: OptionSchema<Pick<Clock, 'now'>> = optionOf(
  (value): value is Pick<Clock, 'now'> => hasMethods(value, 'now') && isTime(value),
  'must be a Clock: now() returns finite milliseconds',
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

/** A clock that throws is not accepted either; the error names the option. */
function isTime(value: unknown): boolean {
  try {
    return Number.isFinite((value as Pick<Clock, 'now'>).now());
  } catch {
    return false;
  }
}
