import { describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { attempts, failure, reading, setUp } from '../../test-support/retried-attempts.ts';
import { TimeoutError } from '../errors/backend-errors.ts';
import { recordAttempts } from '../errors/record-attempts.ts';
import { RateLimitedError } from '../errors/request-errors.ts';
import { CallDeadline } from './call-deadline.ts';
import { RetryHandler } from './retry-handler.ts';

const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const limited = () => new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs: 9000 });

describe('waits, on both sides of each limit', () => {
  test('a pause of twenty seconds is waited for, one millisecond more is not: by the call that got the hint', async () => {
    for (const [retryAfterMs, expected] of [
      [20_000, 'done'],
      [20_001, expect.objectContaining({ code: 'BACKEND_THROTTLED', attempts: 1 })],
    ] as const) {
      const { handler } = setUp();
      const { attempt } = attempts(failure('BACKEND_THROTTLED', { retryAfterMs }));
      expect(await handler.run(reading, attempt, { timeoutMs: 60_000 }).catch((error: unknown) => error)).toEqual(
        expected,
      );
    }
  });

  test('and by the others', async () => {
    for (const [retryAfterMs, expected] of [
      [20_000, 'done'],
      [
        20_001,
        expect.objectContaining({
          code: 'BACKEND_THROTTLED',
          attempts: 0,
          message: 'The provider has asked for a pause; please try again later.',
        }),
      ],
    ] as const) {
      const { handler } = setUp({ maxAttempts: 1 });
      await handler
        .run(reading, attempts(failure('BACKEND_THROTTLED', { retryAfterMs })).attempt)
        .catch(() => undefined);
      const other = handler.run(reading, attempts().attempt, { timeoutMs: 60_000 });
      expect(await other.catch((error: unknown) => error)).toEqual(expected);
    }
  });

  test('a wait that would end at the deadline is not begun; one that ends before it is', async () => {
    for (const [retryAfterMs, expected] of [
      [1999, 'done'],
      [2000, expect.objectContaining({ code: 'BACKEND_THROTTLED', attempts: 1 })],
    ] as const) {
      const { handler } = setUp({ random: () => 0 });
      const { attempt } = attempts(failure('BACKEND_THROTTLED', { retryAfterMs }));
      expect(await handler.run(reading, attempt, { timeoutMs: 2000 }).catch((error: unknown) => error)).toEqual(
        expected,
      );
    }
  });

  test('a call that waited for a pause is delayed within its own remaining time', async () => {
    const { handler, clock } = setUp({ random: () => 0.99, maxAttempts: 1 });
    await handler
      .run(reading, attempts(failure('BACKEND_THROTTLED', { retryAfterMs: 2000 })).attempt)
      .catch(() => undefined);
    const startedAtMs = clock.now();
    expect(await handler.run(reading, attempts().attempt, { timeoutMs: 2100 })).toBe('done');
    expect(clock.now() - startedAtMs).toBe(2099);
  });

  test('a call that waits for a probe has no timer but its deadline, and is delayed within its remaining time', async () => {
    const clock = new ManualClock();
    const handler = new RetryHandler({ clock, random: () => 0.99, maxAttempts: 1 });
    const ask = () => Promise.reject(failure('BACKEND_THROTTLED', { retryAfterMs: 30_000 }));
    await handler.run(reading, ask).catch(() => undefined);
    clock.advance(30_000);
    let end = (_value: string) => {};
    const probe = handler.run(
      reading,
      () =>
        new Promise<string>((resolve) => {
          end = resolve;
        }),
    );
    const waiting = handler.run(reading, async () => clock.now(), { timeoutMs: 1100 });
    await turns();
    expect(clock.sleeping).toBe(2);
    clock.advance(1000);
    const probedAtMs = clock.now();
    end('well');
    expect(await probe).toBe('well');
    await turns();
    clock.advance(99);
    expect(await waiting).toBe(probedAtMs + 99);
  });
});

describe('which failures count', () => {
  test('a hint closes the gate only when the provider gave it', async () => {
    for (const thrown of [
      limited(),
      Object.assign(new Error('bug'), { retryAfterMs: 9000, code: 'BACKEND_THROTTLED' }),
    ]) {
      const { handler, clock } = setUp();
      const startedAtMs = clock.now();
      await handler.run(reading, attempts(thrown).attempt).catch(() => undefined);
      await handler.run(reading, attempts().attempt);
      expect(clock.now()).toBe(startedAtMs);
    }
  });

  test.each([
    ['a rate limit of this library', limited],
    ['an inner deadline', () => new TimeoutError()],
    ['a request that a layer below has tried four times', () => recordAttempts(failure(), 4, [1, 2, 3])],
    [
      'a throttled request that a layer below has tried twice',
      () => recordAttempts(failure('BACKEND_THROTTLED'), 2, [1]),
    ],
  ])('%s is not repeated, although it may succeed later', async (_name, make) => {
    const { state, attempt } = attempts(make());
    await expect(setUp().handler.run(reading, attempt)).rejects.toMatchObject({ retryable: true });
    expect(state.calls).toBe(1);
  });

  test('a request that a layer below has tried once is repeated', async () => {
    expect(await setUp().handler.run(reading, attempts(recordAttempts(failure(), 1, [])).attempt)).toBe('done');
  });

  test('an inner deadline of a probe leaves the gate half-open, a rate limit of this library opens it', async () => {
    for (const [thrown, requests] of [
      [new TimeoutError(), 1],
      [limited(), 2],
    ] as const) {
      const clock = new ManualClock();
      const handler = new RetryHandler({ clock, random: () => 0, maxAttempts: 1 });
      const ask = () => Promise.reject(failure('BACKEND_THROTTLED', { retryAfterMs: 1000 }));
      await handler.run(reading, ask).catch(() => undefined);
      clock.advance(1000);
      await handler.run(reading, () => Promise.reject(thrown)).catch(() => undefined);
      let begun = 0;
      const calls = [1, 2].map(() =>
        handler.run(reading, () => {
          begun += 1;
          return new Promise<never>(() => {});
        }),
      );
      const outcomes = Promise.allSettled(calls);
      await turns();
      expect(begun).toBe(requests);
      clock.advance(10_000);
      await outcomes;
    }
  });
});

describe('the last attempt', () => {
  test('of a request that is not always repeated leaves time to look up its effect', async () => {
    const { handler, clock } = setUp({ maxAttempts: 2, random: () => 0 });
    const startedAtMs = clock.now();
    let calls = 0;
    const create = () => {
      calls += 1;
      return calls === 1
        ? Promise.reject(failure('BACKEND_UNAVAILABLE', { notSent: true }))
        : new Promise<never>(() => {});
    };
    await expect(handler.run({ name: 'create', class: 'if-not-sent' }, create)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      attempts: 2,
    });
    expect(clock.now() - startedAtMs).toBe(4000);
  });
});

test('the last tokens of the budget pay for a retry that costs exactly as many, not for a more expensive one', async () => {
  for (const [budgetTokens, outcome] of [
    [14, 'done'],
    [13, expect.objectContaining({ code: 'BACKEND_UNAVAILABLE', attempts: 1 })],
  ] as const) {
    const { handler } = setUp({ budgetTokens });
    expect(await handler.run(reading, attempts(failure()).attempt).catch((error: unknown) => error)).toEqual(outcome);
  }
});

describe('the caller', () => {
  test('whose abort reason is an error of this library gets it unchanged, and no retry is planned', async () => {
    const { handler } = setUp();
    const controller = new AbortController();
    const reason = failure();
    const onRetry = vi.fn();
    const attempt = async () => {
      controller.abort(reason);
      throw failure();
    };
    await expect(handler.run({ ...reading, onRetry }, attempt, { signal: controller.signal })).rejects.toBe(reason);
    expect(reason.attempts).toBeUndefined();
    expect(onRetry).not.toHaveBeenCalled();
  });

  test('who aborts before the next request of the call causes none', async () => {
    const { handler } = setUp();
    const controller = new AbortController();
    const deadline = handler.startDeadline({ signal: controller.signal });
    controller.abort('gone');
    const { state, attempt } = attempts();
    await expect(handler.runWithin(deadline, reading, attempt)).rejects.toBe('gone');
    expect(state.calls).toBe(0);
    deadline.release();
  });

  test('who aborts later does not abort a request that has ended: its answer may still be read', async () => {
    const controller = new AbortController();
    const deadline = new CallDeadline(new ManualClock(), 10_000, controller.signal);
    const { state, attempt } = attempts();
    await deadline.race(attempt, { timeoutMs: 1000, error: () => failure() });
    await turns();
    controller.abort('gone');
    expect([deadline.signal.reason, state.signals[0]?.aborted]).toEqual(['gone', false]);
    deadline.release();
  });

  test('a signal that has aborted before the deadline starts ends the call', () => {
    const deadline = new CallDeadline(new ManualClock(), 1000, AbortSignal.abort('gone'));
    expect(deadline.signal.reason).toBe('gone');
    expect(deadline.isCallersReason('gone')).toBe(true);
    expect(deadline.isCallersReason('other')).toBe(false);
    deadline.release();
  });

  test.each([1, 2_147_483_647])('may set a deadline of %s ms', (timeoutMs) => {
    const deadline = new RetryHandler({ clock: new ManualClock() }).startDeadline({ timeoutMs });
    deadline.release();
    expect(deadline.signal.aborted).toBe(false);
  });

  test('the message says what a deadline must be', () => {
    const { handler } = setUp();
    expect(() => handler.startDeadline({ timeoutMs: 0 })).toThrow(
      expect.objectContaining({
        problems: [
          { path: 'timeoutMs', code: 'OPTION_INVALID', message: 'The deadline must be 1 to 2147483647 milliseconds.' },
        ],
      }),
    );
  });
});
