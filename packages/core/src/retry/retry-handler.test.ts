import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { attempts, failure, reading, setUp } from '../../test-support/retried-attempts.ts';
import { BackendError } from '../errors/backend-errors.ts';
import { VideoNotFoundError } from '../errors/request-errors.ts';
import { type Retry, type RetryClass, RetryHandler } from './retry-handler.ts';

describe('retry class and failure determine attempts and delays, with jitter fixed at 1', () => {
  const unavailable = () => failure();
  const throttled = () => failure('BACKEND_THROTTLED');
  const table: readonly [string, RetryClass, () => unknown, number, readonly number[]][] = [
    ['an outage', 'always', unavailable, 4, [50, 100, 200]],
    ['an unreadable answer', 'always', () => failure('BACKEND_BAD_RESPONSE'), 4, [50, 100, 200]],
    ['throttling', 'always', throttled, 4, [1000, 2000, 4000]],
    ['a refusal', 'always', () => failure('BACKEND_REFUSED'), 1, []],
    ['a full backend', 'always', () => failure('BACKEND_FULL'), 1, []],
    ['not there', 'always', () => new VideoNotFoundError(), 1, []],
    ['an outage', 'if-not-sent', unavailable, 1, []],
    [
      'an outage before sending',
      'if-not-sent',
      () => failure('BACKEND_UNAVAILABLE', { notSent: true }),
      4,
      [50, 100, 200],
    ],
    ['throttling', 'if-not-sent', throttled, 4, [1000, 2000, 4000]],
    ['an outage', 'never', unavailable, 1, []],
    ['throttling', 'never', throttled, 1, []],
  ];

  test.each(table)('%s, %s', async (_name, retryClass, thrown, calls, delaysMs) => {
    const { handler, clock } = setUp();
    const startedAtMs = clock.now();
    const { state, attempt } = attempts(...Array.from({ length: 10 }, thrown));
    await expect(handler.run({ name: 'x', class: retryClass }, attempt)).rejects.toMatchObject({
      attempts: calls,
      delaysMs,
    });
    expect(state.calls).toBe(calls);
    expect(clock.now() - startedAtMs).toBe(delaysMs.reduce((sum, delay) => sum + delay, 0));
  });

  test('a programming error is thrown unchanged and not retried', async () => {
    const bug = new TypeError('undefined is not a function');
    const { state, attempt } = attempts(bug);
    await expect(setUp().handler.run(reading, attempt)).rejects.toBe(bug);
    expect(Object.keys(bug)).toEqual([]);
    expect(state.calls).toBe(1);
  });

  test('each retry is reported before its wait', async () => {
    const heard: Retry[] = [];
    const { handler } = setUp();
    const { attempt } = attempts(failure(), failure('BACKEND_THROTTLED'));
    await handler.run({ ...reading, onRetry: (retry) => heard.push(retry) }, attempt);
    expect(heard).toMatchObject([
      { operation: 'videoExists', attempt: 1, delayMs: 50, error: { code: 'BACKEND_UNAVAILABLE' } },
      { operation: 'videoExists', attempt: 2, delayMs: 2000, error: { code: 'BACKEND_THROTTLED' } },
    ]);
  });

  test('the jitter is full: any delay from nothing to the cap', async () => {
    for (const [random, expected] of [
      [0, 0],
      [0.5, 25],
      [0.999, 49],
    ] as const) {
      const { handler } = setUp({ random: () => random });
      const delays: number[] = [];
      const { attempt } = attempts(failure());
      await handler.run({ ...reading, onRetry: ({ delayMs }) => delays.push(delayMs) }, attempt);
      expect(delays).toEqual([expected]);
    }
  });
});

describe('property 4: the budget', () => {
  test('any sequence of outcomes keeps the budget within 0 and 500, and retries within what it pays for', async () => {
    const outcomes = fc.array(fc.array(fc.constantFrom('ok', 'down', 'slow'), { minLength: 1, maxLength: 4 }), {
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(outcomes, async (calls) => {
        const { handler, clock } = setUp({ random: () => 0 });
        let retries = 0;
        let refunded = 0;
        for (const call of calls) {
          const before = handler.budgetTokens;
          const startedAtMs = clock.now();
          const { state, attempt } = attempts(
            ...call.map((outcome) =>
              outcome === 'ok' ? undefined : failure(outcome === 'down' ? 'BACKEND_UNAVAILABLE' : 'BACKEND_THROTTLED'),
            ),
          );
          const ok = await handler.run(reading, attempt).then(
            () => true,
            () => false,
          );
          expect(state.calls).toBeLessThanOrEqual(4);
          expect(clock.now() - startedAtMs).toBeLessThanOrEqual(10_000);
          expect(handler.budgetTokens).toBeGreaterThanOrEqual(0);
          expect(handler.budgetTokens).toBeLessThanOrEqual(500);
          retries += state.calls - 1;
          if (ok) refunded += Math.max(0, handler.budgetTokens - before) + 14 * (state.calls - 1);
        }
        expect(retries * 5).toBeLessThanOrEqual(500 + refunded);
      }),
    );
  });

  test('T-N3: in a lasting outage retries stop; calls then cost one attempt each', async () => {
    const { handler } = setUp({ random: () => 0 });
    let calls = 0;
    const down = async () => {
      calls += 1;
      throw failure();
    };
    for (let count = 0; count < 1_000; count++) await handler.run(reading, down).catch((error: unknown) => error);
    expect(calls).toBe(1_000 + Math.floor(500 / 14));
  });

  test('a success puts back what its retries cost, or one token', async () => {
    const { handler } = setUp({ random: () => 0 });
    for (let count = 0; count < 5; count++) {
      await handler
        .run(reading, attempts(...Array.from({ length: 4 }, () => failure())).attempt)
        .catch(() => undefined);
    }
    const low = handler.budgetTokens;
    expect(low).toBe(500 - 5 * 3 * 14);
    await handler.run(reading, attempts(failure(), failure()).attempt);
    expect(handler.budgetTokens).toBe(low);
    await handler.run(reading, attempts().attempt);
    expect(handler.budgetTokens).toBe(low + 1);
  });
});

describe('the deadline', () => {
  test('a call without an answer is abandoned at the deadline', async () => {
    const { handler, clock } = setUp();
    const startedAtMs = clock.now();
    const silent = () => new Promise<never>(() => {});
    await expect(handler.run(reading, silent, { timeoutMs: 1234 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      attempts: 1,
    });
    expect(clock.now() - startedAtMs).toBe(1234);
  });

  test('by default it is ten seconds for the whole call; no wait goes beyond it', async () => {
    const { handler, clock } = setUp({ maxAttempts: 10 });
    const startedAtMs = clock.now();
    const slow = attempts(...Array.from({ length: 10 }, () => failure('BACKEND_THROTTLED')));
    await expect(handler.run(reading, slow.attempt)).rejects.toMatchObject({
      code: 'BACKEND_THROTTLED',
      delaysMs: [1000, 2000, 4000],
    });
    expect(clock.now() - startedAtMs).toBeLessThanOrEqual(10_000);
  });

  test('the signal of an attempt aborts with the same TimeoutError', async () => {
    const { handler } = setUp({ maxAttempts: 1 });
    const { state, attempt } = attempts();
    const waits = async (signal: AbortSignal) => {
      await attempt(signal);
      return new Promise<never>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('SDK abort'))),
      );
    };
    await expect(handler.run(reading, waits)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(state.signals[0]?.reason).toMatchObject({ code: 'TIMEOUT' });
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    'a deadline of %s ms is refused',
    async (timeoutMs) => {
      await expect(setUp().handler.run(reading, attempts().attempt, { timeoutMs })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      });
    },
  );
});

describe('a caller who goes away', () => {
  test.each(['before', 'during the attempt', 'during the wait'])(
    '%s: the call throws the caller’s own reason, unchanged',
    async (when) => {
      const clock = new ManualClock();
      const handler = new RetryHandler({ clock, random: () => 1 });
      const controller = new AbortController();
      const reason = Object.freeze({ hung: 'up' });
      if (when === 'before') controller.abort(reason);
      const attempt = async () => {
        if (when === 'during the attempt') return new Promise<never>(() => {});
        throw failure();
      };
      const pending = handler.run(reading, attempt, { signal: controller.signal });
      pending.catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort(reason);
      await expect(pending).rejects.toBe(reason);
      expect(clock.sleeping).toBe(0);
    },
  );

  test('property: at any time during a call with retries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), async (afterTicks) => {
        const clock = new ManualClock();
        const handler = new RetryHandler({ clock, random: () => 1 });
        const controller = new AbortController();
        const reason = { at: afterTicks };
        const pending = handler.run(reading, () => Promise.reject(failure()), { signal: controller.signal });
        const outcome = pending.catch((error: unknown) => error);
        for (let tick = 0; tick < afterTicks; tick++) {
          clock.advance(10);
          await new Promise((resolve) => setImmediate(resolve));
        }
        controller.abort(reason);
        const thrown = await outcome;
        expect(thrown === reason || (thrown as { readonly attempts?: number }).attempts === 4).toBe(true);
        expect(clock.sleeping).toBe(0);
      }),
    );
  });
});

describe('what the attempts of a call share, and what remains afterwards', () => {
  test('every attempt builds its request again, so its body can be built again too', async () => {
    const bodies: string[] = [];
    const { handler } = setUp();
    let calls = 0;
    await handler.run(reading, async (_signal, attempt) => {
      bodies.push(`body ${attempt}`);
      if (++calls < 3) throw failure();
      return 'done';
    });
    expect(bodies).toEqual(['body 1', 'body 2', 'body 3']);
  });

  test('a value created outside the attempt is the same in all of them, as an idempotency key must be', async () => {
    const keys: string[] = [];
    const idempotencyKey = crypto.randomUUID();
    const { handler } = setUp();
    const attempt = async () => {
      keys.push(idempotencyKey);
      throw failure();
    };
    await expect(handler.run(reading, attempt)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(keys).toEqual(Array.from({ length: 4 }, () => idempotencyKey));
  });

  test('a request that an SDK has tried twice already is not repeated; one that it tried once is', async () => {
    for (const [tried, calls] of [
      [1, 4],
      [2, 1],
    ] as const) {
      const { handler } = setUp();
      const { state, attempt } = attempts(
        ...Array.from({ length: 4 }, () => new BackendError('BACKEND_UNAVAILABLE', 'Down.', { attempts: tried })),
      );
      await expect(handler.run(reading, attempt)).rejects.toMatchObject({ attempts: Math.max(tried, calls) });
      expect(state.calls).toBe(calls);
    }
  });

  test('the error of the last attempt itself gets attempts and delays; a frozen one is thrown unchanged', async () => {
    const { handler } = setUp();
    const last = failure('BACKEND_BAD_RESPONSE');
    await expect(handler.run(reading, attempts(failure(), failure(), failure(), last).attempt)).rejects.toBe(last);
    expect(last).toMatchObject({ attempts: 4, delaysMs: [50, 100, 200] });
    const frozen = Object.freeze(failure('BACKEND_REFUSED'));
    await expect(handler.run(reading, attempts(frozen).attempt)).rejects.toBe(frozen);
  });

  test('the body is read inside the attempt, so a truncated answer is retried', async () => {
    const { handler } = setUp();
    let calls = 0;
    const read = async () => {
      const text = ++calls === 1 ? '{"half":' : '{"whole":true}';
      try {
        return JSON.parse(text) as object;
      } catch (cause) {
        throw failure('BACKEND_BAD_RESPONSE', { cause });
      }
    };
    expect(await handler.run(reading, read)).toEqual({ whole: true });
  });

  test('after 1 000 calls with one signal no listener and no timer is left', async () => {
    const clock = new ManualClock();
    const handler = new RetryHandler({ clock });
    const { signal } = new AbortController();
    for (let count = 0; count < 1_000; count++) {
      const work = handler.run(
        reading,
        () => (count % 3 === 0 ? Promise.reject(new VideoNotFoundError()) : Promise.resolve(1)),
        { signal },
      );
      await work.catch((error: unknown) => error);
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(clock.sleeping).toBe(0);
  });
});

test('on the computer’s own clock too, whatever the outcome', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const handler = new RetryHandler({ random: () => 0 });
  const { signal } = new AbortController();
  const outcomes = [() => Promise.resolve(1), () => Promise.reject(failure()), () => Promise.reject(new Error('bug'))];
  for (let count = 0; count < 1_000; count++) {
    const outcome = outcomes[count % outcomes.length] ?? (() => Promise.resolve(1));
    await handler.run({ name: 'x', class: 'never' }, outcome, { signal }).catch((error: unknown) => error);
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(timers()).toBe(before);
});

test.each([
  { maxAttempts: 0 },
  { maxAttempts: 11 },
  { maxAttempts: 1.5 },
  { budgetTokens: -1 },
  { budgetTokens: Number.NaN },
])('the setting %j is refused', (options) => {
  expect(() => new RetryHandler(options)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
});
