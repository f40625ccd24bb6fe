import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { steadyClock, steadyNow } from './steady-clock.ts';
import { systemClock } from './system-clock.ts';

describe('S21: a measure of time', () => {
  test('goes on by what passes, from what the clock says first', () => {
    const clock = new ManualClock({ nowMs: 1000 });
    const now = steadyNow(clock);
    expect(now()).toBe(1000);
    clock.advance(250);
    expect(now()).toBe(1250);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('passes over %s', (wrong) => {
    const clock = new ManualClock({ nowMs: 1000 });
    const now = steadyNow(clock);
    clock.set(wrong);
    expect(now()).toBe(1000);
    clock.set(1300);
    expect(now()).toBe(1300);
  });

  test('goes on at once after the clock was turned back', () => {
    const clock = new ManualClock({ nowMs: 100_000 });
    const now = steadyNow(clock);
    clock.set(5);
    expect(now()).toBe(100_000);
    clock.advance(10);
    expect(now()).toBe(100_010);
  });

  test('never goes back and is always a number (any readings)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.double())), (readings) => {
        let reading = 0;
        const now = steadyNow({ now: () => reading });
        let lastMs = now();
        for (reading of readings) {
          const nowMs = now();
          expect(nowMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = nowMs;
        }
      }),
    );
  });

  test('a steady clock sleeps as its clock does', async () => {
    expect(steadyClock(systemClock).sleep).toBe(systemClock.sleep);
    const clock = new ManualClock();
    const slept = steadyClock(clock).sleep(50);
    expect(clock.sleeping).toBe(1);
    clock.advance(50);
    await slept;
    const controller = new AbortController();
    controller.abort('gone');
    await expect(steadyClock(clock).sleep(50, controller.signal)).rejects.toBe('gone');
  });
});
