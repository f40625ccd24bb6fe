import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { attempts, failure, reading, setUp } from '../../test-support/retried-attempts.ts';
import { RetryHandler } from './retry-handler.ts';

describe('the provider’s hint and the gate', () => {
  test('a call waits at least as long as a short hint; a longer backoff takes precedence', async () => {
    const { handler, clock } = setUp();
    const startedAtMs = clock.now();
    await handler.run(reading, attempts(failure('BACKEND_THROTTLED', { retryAfterMs: 2000 })).attempt);
    expect(clock.now() - startedAtMs).toBe(2000);
    await handler.run(reading, attempts(failure('BACKEND_THROTTLED', { retryAfterMs: 10 })).attempt);
    expect(clock.now() - startedAtMs).toBe(3000);
  });

  test.each([
    ['longer than the deadline', 15_000, undefined],
    ['longer than twenty seconds', 21_000, 60_000],
  ])(
    'a hint %s makes the call fail at once and closes the gate: others fail at once too',
    async (_name, retryAfterMs, timeoutMs) => {
      const { handler, clock } = setUp();
      const startedAtMs = clock.now();
      const { state, attempt } = attempts(failure('BACKEND_THROTTLED', { retryAfterMs }));
      await expect(handler.run(reading, attempt, { timeoutMs })).rejects.toMatchObject({ retryAfterMs, attempts: 1 });
      expect(state.calls).toBe(1);
      expect(clock.now()).toBe(startedAtMs);
      const other = attempts();
      const shortMs = 5000;
      clock.advance(retryAfterMs - shortMs);
      await expect(
        handler.run({ name: 'other', class: 'never' }, other.attempt, { timeoutMs: shortMs }),
      ).rejects.toMatchObject({ code: 'BACKEND_THROTTLED', retryAfterMs: shortMs, attempts: 0, delaysMs: [] });
      expect(other.state.calls).toBe(0);
      clock.advance(shortMs);
      expect(await handler.run(reading, other.attempt)).toBe('done');
      expect(clock.now() - startedAtMs).toBe(retryAfterMs);
    },
  );

  test.each(['always', 'if-not-sent', 'never'] as const)(
    'while one call waits for a hint, no call of class %s makes an attempt before its end',
    async (retryClass) => {
      const { handler, clock } = setUp({ random: () => 0.5 });
      const startedAtMs = clock.now();
      const times: number[] = [];
      const first = attempts(failure('BACKEND_THROTTLED', { retryAfterMs: 2000 }));
      const others = Array.from({ length: 5 }, () => async () => times.push(clock.now() - startedAtMs));
      const begun: Promise<number>[] = [];
      const onRetry = () => begun.push(...others.map((other) => handler.run({ name: 'x', class: retryClass }, other)));
      await handler.run({ ...reading, onRetry }, first.attempt);
      await Promise.all(begun);
      expect(first.state.calls).toBe(2);
      expect(times).toHaveLength(5);
      for (const time of times) expect(time).toBe(2500);
    },
  );

  test('a `random` that is a method of the options keeps its `this`', async () => {
    const { clock } = setUp({});
    class Chance {
      readonly clock = clock;
      readonly #drawn = [0.25, 0.75];
      random(): number {
        return this.#drawn.shift() ?? 0;
      }
    }
    const options = new Chance();
    const handler = new RetryHandler(options);
    const { attempt } = attempts(failure('BACKEND_UNAVAILABLE'), failure('BACKEND_UNAVAILABLE'));
    const startedAtMs = clock.now();
    expect(await handler.run(reading, attempt)).toBe('done');
    expect(clock.now() - startedAtMs).toBe(Math.floor(0.25 * 50) + Math.floor(0.75 * 100));
  });

  test('a call that may never be repeated closes the gate too, and so does the last attempt', async () => {
    for (const operation of [{ name: 'x', class: 'never' } as const, reading]) {
      const { handler, clock } = setUp({ maxAttempts: 1, random: () => 0 });
      const startedAtMs = clock.now();
      const hint = failure('BACKEND_THROTTLED', { retryAfterMs: 3000 });
      await expect(handler.run(operation, attempts(hint).attempt)).rejects.toBe(hint);
      expect(await handler.run(reading, attempts().attempt)).toBe('done');
      expect(clock.now() - startedAtMs).toBe(3000);
    }
  });

  test('a pause that begins while others wait makes them wait longer, or fail when it is too long', async () => {
    const clock = new ManualClock();
    const handler = new RetryHandler({ clock, random: () => 0 });
    const ask = (retryAfterMs: number) =>
      handler.run({ name: 'x', class: 'never' }, () => Promise.reject(failure('BACKEND_THROTTLED', { retryAfterMs })));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    let calls = 0;
    const count = async () => {
      calls += 1;
    };
    // Both requests have started before the pause begins.
    const asks = [ask(1000), ask(4000)].map((each) => each.catch(() => 'refused'));
    await Promise.all(asks);
    const patient = handler.run(reading, count);
    const hasty = handler.run(reading, count, { timeoutMs: 4000 }).catch((error: unknown) => error);
    await turn();
    clock.advance(3999);
    await turn();
    expect(calls).toBe(0);
    clock.advance(1);
    await patient;
    expect(await hasty).toMatchObject({ code: 'BACKEND_THROTTLED', retryAfterMs: 4000, attempts: 0 });
    expect(calls).toBe(1);
    expect(clock.sleeping).toBe(0);
  });

  test.each([Number.NaN, -1, -1e9, Number.NEGATIVE_INFINITY])('a hint of %s ms is ignored', async (retryAfterMs) => {
    const { handler, clock } = setUp();
    const startedAtMs = clock.now();
    await handler.run(reading, attempts(failure('BACKEND_UNAVAILABLE', { retryAfterMs })).attempt);
    expect(clock.now() - startedAtMs).toBe(50);
  });

  test.each([Number.POSITIVE_INFINITY, 1e15])(
    'a hint of %s ms closes the gate for ten minutes at most',
    async (retryAfterMs) => {
      const { handler, clock } = setUp();
      await handler
        .run(reading, attempts(failure('BACKEND_THROTTLED', { retryAfterMs })).attempt)
        .catch(() => undefined);
      await expect(handler.run(reading, attempts().attempt)).rejects.toMatchObject({ retryAfterMs: 600_000 });
      clock.advance(600_000);
      expect(await handler.run(reading, attempts().attempt)).toBe('done');
    },
  );

  test('property: never tried again before the hint is over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (retryAfterMs, random) => {
          const { handler, clock } = setUp({ random: () => random });
          const times: number[] = [];
          const attempt = async () => {
            times.push(clock.now());
            if (times.length === 1) throw failure('BACKEND_THROTTLED', { retryAfterMs });
            return 'done';
          };
          await handler.run(reading, attempt).catch((error: unknown) => error);
          if (times.length === 2) expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(retryAfterMs);
          else expect(retryAfterMs).toBeGreaterThan(9000);
        },
      ),
    );
  });
});
