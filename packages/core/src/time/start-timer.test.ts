import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { RetryHandler } from '../retry/retry-handler.ts';
import { monotonicClock } from './monotonic-clock.ts';
import { startTimer } from './start-timer.ts';
import { systemClock } from './system-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each(['system', 'monotonic', 'manual'] as const)('with the %s clock', (kind) => {
  const setUp = () => {
    const manual = new ManualClock();
    const clock = { system: systemClock, monotonic: monotonicClock, manual }[kind];
    const advance = async (deltaMs: number) => {
      manual.advance(deltaMs);
      await vi.advanceTimersByTimeAsync(deltaMs);
    };
    return { clock, advance, running: () => (kind === 'manual' ? manual.sleeping : vi.getTimerCount()) };
  };

  test('ends once, after its time and not before', async () => {
    const { clock, advance, running } = setUp();
    const onEnd = vi.fn();
    startTimer(clock, 1000, onEnd);
    await advance(999);
    expect(onEnd).not.toHaveBeenCalled();
    await advance(1);
    await advance(5000);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect(running()).toBe(0);
  });

  test('never calls back once it is stopped, leaves no timer, and may be stopped again', async () => {
    const { clock, advance, running } = setUp();
    const onEnd = vi.fn();
    const stop = startTimer(clock, 1000, onEnd);
    expect(running()).toBe(1);
    stop();
    stop();
    expect(running()).toBe(0);
    await advance(5000);
    expect(onEnd).not.toHaveBeenCalled();
  });

  test('it starts the deadline of a call', async () => {
    const { clock, advance, running } = setUp();
    const silent = () => new Promise<never>(() => {});
    const call = new RetryHandler({ clock, maxAttempts: 1 }).run({ name: 'x', class: 'never' }, silent, {
      timeoutMs: 1000,
    });
    const outcome = call.catch((error: unknown) => error);
    await advance(1000);
    expect(await outcome).toMatchObject({ code: 'TIMEOUT', attempts: 1 });
    expect(running()).toBe(0);
  });
});
