import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { failure, reading, setUp } from '../../test-support/retried-attempts.ts';
import { type RetriedOperation, RetryHandler, type RetryHandlerOptions } from './retry-handler.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** `stalls` attempts that never end by themselves, then one that succeeds. */
function stalling(clock: ManualClock, stalls: number) {
  const startedAtMs = clock.now();
  const times: number[] = [];
  const signals: AbortSignal[] = [];
  const attempt = (signal: AbortSignal) => {
    times.push(clock.now() - startedAtMs);
    signals.push(signal);
    return times.length <= stalls ? new Promise<never>(() => {}) : Promise.resolve('done');
  };
  return { times, signals, attempt };
}

async function timesOf(
  stalls: number,
  timeoutMs: number | undefined,
  options: RetryHandlerOptions = {},
  operation: RetriedOperation = reading,
) {
  const { handler, clock } = setUp({ random: () => 0, ...options });
  const startedAtMs = clock.now();
  const { times, signals, attempt } = stalling(clock, stalls);
  const outcome: unknown = await handler.run(operation, attempt, { timeoutMs }).catch((error: unknown) => error);
  return { times, signals, outcome, elapsedMs: clock.now() - startedAtMs };
}

describe('contract 8: a stalled request is abandoned and made again within its call', () => {
  test('after four seconds by default', async () => {
    const { times, outcome } = await timesOf(1, undefined);
    expect(outcome).toBe('done');
    expect(times).toEqual([0, 4000]);
  });

  test('after half of the remaining time, when that is less', async () => {
    expect(await timesOf(2, 6000)).toMatchObject({ outcome: 'done', times: [0, 3000, 4500] });
  });

  test('after the host app’s `attemptTimeoutMs`', async () => {
    expect(await timesOf(2, 60_000, { attemptTimeoutMs: 1700 })).toMatchObject({ times: [0, 1700, 3400] });
    // Never more than half, even when the host app sets more.
    expect(await timesOf(1, 10_000, { attemptTimeoutMs: 600_000 })).toMatchObject({ times: [0, 5000] });
  });

  test('the last attempt has all the remaining time, so a provider that never answers leads to TIMEOUT at the deadline', async () => {
    const { times, outcome, elapsedMs } = await timesOf(9, 16_000);
    expect(times).toEqual([0, 4000, 8000, 12_000]);
    expect(outcome).toMatchObject({ code: 'TIMEOUT', attempts: 4 });
    expect(elapsedMs).toBe(16_000);
  });

  test('its signal has the reason; the signals of the others do not abort', async () => {
    const { signals } = await timesOf(1, undefined);
    expect(signals[0]?.reason).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      retryable: true,
      notSent: false,
      message: 'The storage did not answer a request within 4 seconds.',
    });
    expect(signals[1]?.aborted).toBe(false);
  });

  test.each(['if-not-sent', 'never'] as const)(
    'a request of class %s is abandoned too, not made again, and time is left to look up its effect',
    async (retryClass) => {
      const { times, outcome, elapsedMs } = await timesOf(9, undefined, {}, { name: 'create', class: retryClass });
      expect(times).toEqual([0]);
      expect(outcome).toMatchObject({ code: 'BACKEND_UNAVAILABLE', notSent: false, attempts: 1 });
      expect(elapsedMs).toBe(4000);
    },
  );

  test.each(['always', 'if-not-sent', 'never'] as const)(
    'with one attempt allowed, a layer below that retries has the whole time of the call (%s)',
    async (retryClass) => {
      const { outcome, elapsedMs } = await timesOf(1, undefined, { maxAttempts: 1 }, { name: 'x', class: retryClass });
      expect(outcome).toMatchObject({ code: 'TIMEOUT', attempts: 1 });
      expect(elapsedMs).toBe(10_000);
    },
  );

  test('a second is the shortest time limit of an attempt: a call of less than two seconds has only its deadline', async () => {
    expect(await timesOf(1, 2000)).toMatchObject({ outcome: 'done', times: [0, 1000] });
    expect(await timesOf(1, 1999)).toMatchObject({ outcome: { code: 'TIMEOUT', attempts: 1 }, elapsedMs: 1999 });
  });

  test.each([999, 600_001, 1000.5, Number.NaN])('a time limit of %s ms is refused', (attemptTimeoutMs) => {
    expect(() => new RetryHandler({ attemptTimeoutMs })).toThrow('`attemptTimeoutMs` must be a whole number of milli');
  });
  test.each([1000, 600_000])('a time limit of %s ms is accepted', (attemptTimeoutMs) => {
    expect(() => new RetryHandler({ attemptTimeoutMs })).not.toThrow();
  });

  test('neither an attempt that ends in time nor an abandoned one leaves a timer', async () => {
    const clock = new ManualClock();
    const handler = new RetryHandler({ clock, random: () => 0 });
    await handler.run(reading, async () => 1);
    expect(clock.sleeping).toBe(0);
    const { attempt } = stalling(clock, 1);
    const pending = handler.run(reading, attempt);
    await turn();
    expect(clock.sleeping).toBe(2);
    clock.advance(4000);
    await turn();
    clock.advance(0);
    expect(await pending).toBe('done');
    expect(clock.sleeping).toBe(0);
  });
});

describe('requests of one call that run at the same time', () => {
  test('each ends at the deadline, and on the caller’s abort', async () => {
    for (const end of ['deadline', 'abort'] as const) {
      const clock = new ManualClock();
      const handler = new RetryHandler({ clock, maxAttempts: 1 });
      const controller = new AbortController();
      const deadline = handler.startDeadline({ signal: controller.signal, timeoutMs: 1000 });
      const reason = new Error('gone');
      const both = [1, 2].map(() =>
        handler.runWithin(deadline, reading, () => new Promise<never>(() => {})).catch((error: unknown) => error),
      );
      await turn();
      if (end === 'deadline') clock.advance(1000);
      else controller.abort(reason);
      const expected = end === 'deadline' ? expect.objectContaining({ code: 'TIMEOUT' }) : reason;
      expect(await Promise.all(both)).toEqual([expected, expected]);
      deadline.release();
      expect(clock.sleeping).toBe(0);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    }
  });

  test('one that stalls does not end the others', async () => {
    const clock = new ManualClock();
    const handler = new RetryHandler({ clock, random: () => 0 });
    const deadline = handler.startDeadline({});
    const { attempt, times } = stalling(clock, 1);
    const first = handler.runWithin(deadline, reading, attempt);
    await turn();
    clock.advance(3000);
    let finish = (_value: string) => {};
    const second = handler.runWithin(
      deadline,
      reading,
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    );
    await turn();
    clock.advance(1000);
    await turn();
    clock.advance(0);
    expect(await first).toBe('done');
    finish('slow');
    expect(await second).toBe('slow');
    expect(times).toEqual([0, 4000]);
    deadline.release();
    expect(clock.sleeping).toBe(0);
  });

  test('work that throws synchronously fails like work that rejects', async () => {
    const { handler } = setUp();
    let calls = 0;
    const thrown = failure('BACKEND_REFUSED');
    const work = () => {
      calls += 1;
      throw thrown;
    };
    await expect(handler.run(reading, work)).rejects.toBe(thrown);
    expect(calls).toBe(1);
  });
});
