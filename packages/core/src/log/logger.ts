import type { EventName } from '../contract/event-name.ts';
import type { LogLevel, LogRecord, LogSink } from '../contract/log-record.ts';
import type { Clock } from '../contract/primitives.ts';
import { checkOptions } from '../options/check-options.ts';
import { timeOption } from '../options/clock-option.ts';
import { sinkOption } from '../options/collaborators.ts';
import { functionOption, optional, optionOf, wholeNumber } from '../options/option-of.ts';
import type { OptionSchemas } from '../options/option-schema.ts';
import { secretListOption } from '../options/secret-option.ts';
import { systemClock } from '../time/system-clock.ts';
import { toTimestamp } from '../time/timestamp.ts';
import { createScrubber } from './create-scrubber.ts';
import { describeError } from './describe-error.ts';
import { type LogFields, toLogFields } from './log-fields.ts';
import type { Secret } from './secret.ts';

/** Options of `Logger`. */
export interface LoggerOptions {
  /**
   * Where events go, for instance `consoleSink()` or `pinoSink(logger)`. Called synchronously, so it should not block; a
   * promise that it returns is not awaited. Default: events are discarded.
   */
  readonly sink?: LogSink | undefined;
  /** Less severe events are not logged. Default `info`. */
  readonly level?: LogLevel | undefined;
  /** The clock that dates events. Default: the system's clock. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
  /** Secrets of the host app whose exact values are masked in any encoding. What looks like a credential is always masked. */
  readonly secrets?: readonly Secret[] | undefined;
  /** How many promises of a slow sink may be pending; further events are dropped and counted. Default 1 000. */
  readonly maxPending?: number | undefined;
  /** Called with each failure of the sink. Default: `console.error` for the first one; the others are only counted. */
  readonly onSinkError?: ((error: unknown) => void) | undefined;
}

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

const OPTIONS = {
  sink: optional(sinkOption),
  level: optional(
    optionOf(
      (value): value is LogLevel => typeof value === 'string' && Object.hasOwn(RANKS, value),
      'must be debug, info, warn or error',
    ),
  ),
  clock: optional(timeOption),
  secrets: optional(secretListOption({ max: 1000 })),
  maxPending: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  onSinkError: optional(functionOption('must be a function that takes an error')),
} satisfies OptionSchemas<LoggerOptions>;

/**
 * Logs typed events through a sink. Only the fields of `LogRecord` are logged: copied by name, checked for their type,
 * scrubbed, escaped and bounded in length. A sink that is slow, throws or rejects neither breaks nor delays a call; the events
 * that it loses are counted.
 */
export class Logger {
  readonly #sink: LogSink | undefined;
  readonly #rank: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #scrub: (text: string) => string;
  readonly #maxPending: number;
  readonly #onSinkError: (error: unknown) => void;
  #pendingCount = 0;
  #droppedCount = 0;
  #unreportedCount = 0;
  #isWriting = false;

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: LoggerOptions = {}) {
    const { level = 'info', secrets = [], maxPending = 1000 } = checkOptions('Logger', options, OPTIONS);
    // Functions may be methods of the options, and keep their object.
    this.#sink = options.sink?.bind(options);
    this.#rank = RANKS[level];
    this.#clock = options.clock ?? systemClock;
    this.#scrub = createScrubber(secrets);
    this.#maxPending = maxPending;
    this.#onSinkError = options.onSinkError?.bind(options) ?? reportFirst();
  }

  /** How many events were lost: the sink threw, rejected, was too slow, or logged into itself. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** How often `onSinkError` itself failed. */
  get unreportedCount(): number {
    return this.#unreportedCount;
  }

  /** Passes an event to the sink. Never throws, never waits. */
  log(level: LogLevel, event: EventName, fields: LogFields = {}): void {
    if (this.#sink === undefined || RANKS[level] < this.#rank) return;
    // A sink or an `onSinkError` that logs here would call itself endlessly.
    if (this.#isWriting || this.#pendingCount >= this.#maxPending) {
      this.#droppedCount += 1;
      return;
    }
    this.#isWriting = true;
    try {
      this.#track(this.#sink(this.#record(level, event, fields)));
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isWriting = false;
    }
  }

  #record(level: LogLevel, event: EventName, fields: LogFields): LogRecord {
    return { at: toTimestamp(this.#clock.now()), level, event, ...toLogFields(fields, this.#scrub) };
  }

  /** Sinks may be asynchronous functions, though their type does not say so. */
  #track(result: unknown): void {
    if (typeof result !== 'object' || result === null || !('then' in result)) return;
    this.#pendingCount += 1;
    Promise.resolve(result).then(
      () => {
        this.#pendingCount -= 1;
      },
      (error: unknown) => {
        this.#pendingCount -= 1;
        this.#fail(error);
      },
    );
  }

  #fail(error: unknown): void {
    this.#droppedCount += 1;
    this.#isWriting = true;
    try {
      this.#onSinkError(error);
    } catch {
      this.#unreportedCount += 1;
    } finally {
      this.#isWriting = false;
    }
  }
}

function reportFirst(): (error: unknown) => void {
  let isReported = false;
  return (error) => {
    if (isReported) return;
    isReported = true;
    const { message } = describeError(error);
    console.error(`VideoStorage: the log sink failed (${message}). Further failures are counted in droppedCount.`);
  };
}
