import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { propertyRuns } from '../../test-support/property-runs.ts';
import type { EventName } from '../contract/event-name.ts';
import type { LogLevel, LogRecord, LogSink } from '../contract/log-record.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import type { LogFields } from './log-fields.ts';
import { Logger } from './logger.ts';
import { Secret } from './secret.ts';

/** Every event: with one missing this does not compile. */
const EVENTS: Readonly<Record<EventName, true>> = {
  'upload.requested': true,
  'upload.rejected': true,
  'upload.confirmed': true,
  'upload.failed': true,
  'upload.aborted': true,
  'upload.expired': true,
  'video.ready': true,
  'video.failed': true,
  'video.delete_requested': true,
  'video.deleted': true,
  'video.updated': true,
  'playback.issued': true,
  'playback.denied': true,
  'access.denied': true,
  'webhook.accepted': true,
  'webhook.refused': true,
  'rate_limit.denied': true,
  'quota.denied': true,
  'backend.retry': true,
  'hook.failed': true,
  'request.failed': true,
  'sweep.finished': true,
  'person.erased': true,
};
const events = Object.keys(EVENTS) as EventName[];

const every: Required<LogFields> = {
  backendName: 'local',
  operation: 'getUploadUrl',
  videoId: 'v-1',
  userId: 'student-ü',
  contextId: 'assignment 1',
  role: 'teacher',
  requestId: 'r-1',
  sizeBytes: 1000,
  durationSeconds: 1.5,
  code: 'TIMEOUT',
  message: 'The storage did not answer in time.',
  attempt: 1,
  delayMs: 0,
  elapsedMs: 12,
  scope: 'user',
  limit: 20,
  retryAfterMs: 1000,
  expiresAt: '2026-11-24T01:00:00.000Z',
};

function setUp(options: ConstructorParameters<typeof Logger>[0] = {}) {
  const records: LogRecord[] = [];
  const logger = new Logger({ sink: (record) => void records.push(record), clock: new ManualClock(), ...options });
  return { logger, records };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the schema of all events', () => {
  test.each(events)('%s: time, level, name and the fields of the allow-list as they were given', (event) => {
    const { logger, records } = setUp();
    logger.log('info', event, every);
    expect(records).toStrictEqual([{ at: '2026-11-24T00:00:00.000Z', level: 'info', event, ...every }]);
    expect(JSON.parse(JSON.stringify(records[0]))).toStrictEqual(records[0]);
  });

  test('nothing else is logged, whatever is passed', () => {
    const { logger, records } = setUp();
    const allowed = new Set(['at', 'level', 'event', ...Object.keys(every)]);
    const name = fc.oneof(fc.string(), fc.constantFrom(...Object.keys(every), '__proto__', 'stack', 'cause', 'url'));
    fc.assert(
      fc.property(fc.constantFrom(...events), fc.dictionary(name, fc.anything()), (event, fields) => {
        logger.log('info', event, fields as LogFields);
        const record = records.pop();
        expect(record).toBeDefined();
        for (const [key, value] of Object.entries(record ?? {})) {
          expect(allowed).toContain(key);
          expect(['string', 'number']).toContain(typeof value);
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
          else expect(String(value).length).toBeLessThanOrEqual(1024);
        }
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
      }),
    );
    expect(logger.droppedCount).toBe(0);
  });
});

describe('values', () => {
  test('of the wrong type, not finite, or not a valid time, are omitted', () => {
    const { logger, records } = setUp();
    const wrong = {
      ...{ userId: 42, message: { toString: () => 'canary' }, code: new Secret('canary'), role: null },
      ...{
        contextId: undefined,
        sizeBytes: '1000',
        attempt: Number.NaN,
        delayMs: Number.POSITIVE_INFINITY,
        expiresAt: 'tomorrow',
      },
    };
    logger.log('info', 'upload.failed', wrong as unknown as LogFields);
    expect(Object.keys(records[0] ?? {})).toEqual(['at', 'level', 'event']);
  });

  test('are scrubbed, also of the secrets that the host app passes', () => {
    const { logger, records } = setUp({ secrets: [new Secret('plain-canary')] });
    const message = 'GET https://h.example/?token=abc with plain-canary';
    logger.log('warn', 'upload.failed', { message, userId: 'Bearer abcdef12', code: 'cGxhaW4tY2FuYXJ5' });
    expect(records[0]).toMatchObject({
      message: 'GET https://h.example/?token=REDACTED with REDACTED',
      userId: 'Bearer REDACTED',
      code: 'REDACTED',
    });
  });

  test('hold no line break and no control character', () => {
    const { logger, records } = setUp();
    logger.log('info', 'upload.failed', { message: 'a\r\nb\u001b[31m\u2028\u202e\ud800', userId: 'u\n{"event":"x"}' });
    expect(records[0]).toMatchObject({
      message: 'a\\u000d\\u000ab\\u001b[31m\\u2028\\u202e\\ud800',
      userId: 'u\\u000a{"event":"x"}',
    });
  });

  test('are bounded: ids to 256, messages to 1 024 characters; longer than 16 384, only the length is logged', () => {
    const { logger, records } = setUp();
    logger.log('info', 'upload.failed', {
      userId: '長'.repeat(300),
      message: 'm'.repeat(16_384),
      contextId: 'c'.repeat(16_385),
    });
    const { userId = '', message = '', contextId } = records[0] ?? {};
    expect([userId.length, userId.at(-1), message.length, message.at(-1)]).toEqual([256, '…', 1024, '…']);
    expect(contextId).toBe('[16385 characters left out]');
  });
});

describe('level', () => {
  test.each<[LogLevel, number]>([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ])('%s passes %i of four', (level, count) => {
    const { logger, records } = setUp({ level });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) logger.log(each, 'video.ready');
    expect(records).toHaveLength(count);
    expect(logger.droppedCount).toBe(0);
  });

  test('is info by default; an unknown level and an invalid `maxPending` are refused', () => {
    const { logger, records } = setUp();
    logger.log('debug', 'video.ready');
    expect(records).toEqual([]);
    expect(() => new Logger({ level: 'loud' as LogLevel })).toThrow(ConfigurationError);
    expect(() => new Logger({ level: 'toString' as LogLevel })).toThrow(ConfigurationError);
    for (const maxPending of [0, -1, 1.5, Number.NaN])
      expect(() => new Logger({ maxPending })).toThrow(ConfigurationError);
  });
});

describe('a sink', () => {
  test('that is absent causes no error and no lost event', () => {
    const logger = new Logger();
    const hostile = new Proxy({}, { ownKeys: () => expect.unreachable() });
    expect(logger.log('error', 'video.failed', hostile)).toBeUndefined();
    expect(logger.droppedCount).toBe(0);
  });

  test('that throws makes no call fail; each failure is counted and reported', () => {
    const errors: unknown[] = [];
    const failure = new Error('disk full');
    const sink: LogSink = () => {
      throw failure;
    };
    const { logger } = setUp({ sink, onSinkError: (error) => void errors.push(error) });
    for (let index = 0; index < 3; index++) logger.log('info', 'video.ready');
    expect(errors).toEqual([failure, failure, failure]);
    expect([logger.droppedCount, logger.unreportedCount]).toEqual([3, 0]);
  });

  test('that is a method of the options keeps its `this`, as `onSinkError` does', () => {
    class Options {
      readonly #seen: unknown[] = [];
      get seen() {
        return this.#seen;
      }
      sink({ event }: LogRecord) {
        this.#seen.push(event);
        throw new Error('disk full');
      }
      onSinkError(error: unknown) {
        this.#seen.push(error);
      }
    }
    const options = new Options();
    new Logger(options).log('info', 'video.ready');
    expect(options.seen).toEqual(['video.ready', new Error('disk full')]);
  });

  test.each([null, 5, 'text', {}])('that returns %j, which is not a promise, works like any other', (returned) => {
    const errors: unknown[] = [];
    const sink = (() => returned) as LogSink;
    const { logger } = setUp({ sink, maxPending: 1, onSinkError: (error) => void errors.push(error) });
    for (let index = 0; index < 3; index++) logger.log('info', 'video.ready');
    expect([errors, logger.droppedCount]).toEqual([[], 0]);
  });

  test('that throws is written to the console once when no `onSinkError` is set, scrubbed and on one line', () => {
    const write = vi.spyOn(console, 'error').mockReturnValue();
    const sink: LogSink = () => {
      throw new Error('no access with Bearer abc123\nsecond line');
    };
    const { logger } = setUp({ sink });
    logger.log('info', 'video.ready');
    logger.log('info', 'video.ready');
    expect(write.mock.calls).toEqual([[expect.stringContaining('Bearer REDACTED\\u000asecond line')]]);
    expect(logger.droppedCount).toBe(2);
  });

  test('whose failure cannot be reported makes no call fail; both failures are counted', () => {
    const fail = () => {
      throw new Error('x');
    };
    const { logger } = setUp({ sink: fail, onSinkError: fail });
    logger.log('info', 'video.ready');
    expect([logger.droppedCount, logger.unreportedCount]).toEqual([1, 1]);
  });

  test('that throws something other than an error makes no call fail', () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [undefined, null, 'text', proxy, Object.create(null)]) {
      const { logger } = setUp({
        sink: () => {
          throw thrown;
        },
      });
      logger.log('info', 'video.ready');
      expect([logger.droppedCount, logger.unreportedCount]).toEqual([1, 0]);
    }
  });

  test('that rejects leaves no unhandled rejection; it is counted and reported', async () => {
    const errors: unknown[] = [];
    const { logger } = setUp({
      sink: (() => Promise.reject(new Error('late'))) as LogSink,
      onSinkError: (error) => void errors.push(error),
    });
    logger.log('info', 'video.ready');
    expect(errors).toEqual([]);
    await Promise.resolve().then(() => {});
    await vi.waitFor(() => expect(errors).toEqual([new Error('late')]));
    expect(logger.droppedCount).toBe(1);
  });

  test('that has rejected `maxPending` times is still written to', async () => {
    let written = 0;
    const { logger } = setUp({
      sink: (() => {
        written += 1;
        return Promise.reject(new Error('late'));
      }) as LogSink,
      onSinkError: () => {},
      maxPending: 2,
    });
    for (let event = 1; event <= 5; event++) {
      logger.log('info', 'video.ready');
      await vi.waitFor(() => expect(logger.droppedCount).toBe(event));
    }
    expect(written).toBe(5);
  });

  test('that never ends is not awaited; at most `maxPending` promises stay pending', async () => {
    const ends: (() => void)[] = [];
    const sink = (() => new Promise<void>((resolve) => ends.push(resolve))) as LogSink;
    const { logger } = setUp({ sink, maxPending: 3 });
    for (let index = 0; index < 10; index++) logger.log('info', 'video.ready');
    expect([ends.length, logger.droppedCount]).toEqual([3, 7]);
    for (const end of ends.splice(0)) end();
    await vi.waitFor(() => {
      logger.log('info', 'video.ready');
      expect(ends.length).toBeGreaterThan(0);
    });
  });

  test('that uses the logger itself is called once', () => {
    let calls = 0;
    const logger: Logger = new Logger({
      sink: () => {
        calls += 1;
        logger.log('info', 'video.ready');
        throw new Error('x');
      },
      onSinkError: () => logger.log('error', 'video.failed'),
    });
    logger.log('info', 'video.ready');
    expect([calls, logger.droppedCount]).toEqual([1, 3]);
    logger.log('info', 'video.ready');
    expect(calls).toBe(2);
  });

  test('that rejects, and whose failure is logged again, causes no endless loop', async () => {
    let calls = 0;
    const logger: Logger = new Logger({
      sink: (() => {
        calls += 1;
        return Promise.reject(new Error('x'));
      }) as LogSink,
      onSinkError: () => logger.log('error', 'video.failed'),
    });
    logger.log('info', 'video.ready');
    await vi.waitFor(() => expect(logger.droppedCount).toBe(2));
    expect(calls).toBe(1);
  });

  test('fields that throw when they are read, and a clock that fails, make no call fail', () => {
    const errors: unknown[] = [];
    const onSinkError = (error: unknown) => void errors.push(error);
    const fields = {
      get userId(): string {
        throw new Error('getter');
      },
    };
    setUp({ onSinkError }).logger.log('info', 'video.ready', fields);
    const clock = new ManualClock();
    const { logger } = setUp({ onSinkError, clock });
    clock.set(Number.NaN);
    logger.log('info', 'video.ready');
    expect(errors).toMatchObject([{ message: 'getter' }, { name: 'RangeError' }]);
  });
});

describe('many events', () => {
  const failure = new Error('x');
  // All of them only where `npm run proof -- properties` runs, which has the time.
  const events = Math.min(20_000, 160 * propertyRuns);
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const heapBytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };

  test.each<[string, LogSink]>([
    ['a sink that keeps nothing', () => {}],
    [
      'a sink that throws',
      () => {
        throw failure;
      },
    ],
    ['a sink that never ends', (() => new Promise<void>(() => {})) as LogSink],
  ])(
    'leave the size of the heap unchanged: %s',
    (_, sink) => {
      const { logger } = setUp({ sink, onSinkError: () => {} });
      const run = (count: number) => {
        for (let index = 0; index < count; index++)
          logger.log('info', 'upload.requested', { ...every, videoId: `v-${index}` });
      };
      run(1_000);
      const before = heapBytes();
      run(events);
      // An event takes at least 400 bytes: if a quarter of the events were kept, even of the fewest, this would fail.
      expect(heapBytes() - before).toBeLessThan(400_000);
    },
    60_000,
  );
});
