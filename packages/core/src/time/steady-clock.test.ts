import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { steadyClock, steadyNow } from './steady-clock.ts';
import { systemClock } from './system-clock.ts';

describe('a steady clock', () => {
  test('advances with the time that passes, starting from the clock’s first reading', () => {
    const clock = new ManualClock({ nowMs: 1000 });
    const now = steadyNow(clock);
    expect(now()).toBe(1000);
    clock.advance(250);
    expect(now()).toBe(1250);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('ignores a reading of %s', (wrong) => {
    const clock = new ManualClock({ nowMs: 1000 });
    const now = steadyNow(clock);
    clock.set(wrong);
    expect(now()).toBe(1000);
    clock.set(1300);
    expect(now()).toBe(1300);
  });

  test('continues at once after the clock is set back', () => {
    const clock = new ManualClock({ nowMs: 100_000 });
    const now = steadyNow(clock);
    clock.set(5);
    expect(now()).toBe(100_000);
    clock.advance(10);
    expect(now()).toBe(100_010);
  });

  test('however often it is read meanwhile, a step back is undone by a step forward', () => {
    const clock = new ManualClock({ nowMs: 100_000 });
    const now = steadyNow(clock);
    clock.set(40_000);
    for (let times = 0; times < 20; times += 1) expect(now()).toBe(100_000);
    clock.set(100_000);
    expect(now()).toBe(100_000);
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

  test('a clock that swings between two times adds nothing, however often (any times)', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1 }), fc.integer({ min: 1, max: 50 }), (lowMs, widthMs, swings) => {
        let reading = lowMs + widthMs;
        const now = steadyNow({ now: () => reading });
        for (let count = 0; count < swings; count++) {
          reading = lowMs;
          expect(now()).toBe(lowMs + widthMs);
          reading = lowMs + widthMs;
          expect(now()).toBe(lowMs + widthMs);
        }
      }),
    );
  });

  test('a clock that is set back and later forward again ends at the real time (any steps)', () => {
    const step = fc.record({ passedMs: fc.nat(10_000), isBack: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.array(step), (backMs, steps) => {
        let trueMs = 1_000_000;
        let isTurnedBack = false;
        const now = steadyNow({ now: () => trueMs - (isTurnedBack ? backMs : 0) });
        for (const { passedMs, isBack } of steps) {
          trueMs += passedMs;
          isTurnedBack = isBack;
          const measuredMs = now();
          expect(measuredMs).toBeLessThanOrEqual(trueMs);
          expect(measuredMs).toBeGreaterThanOrEqual(trueMs - backMs);
          if (!isBack) expect(measuredMs).toBe(trueMs);
        }
      }),
    );
  });

  test('a step forward that is shorter than the preceding step back counts as time', () => {
    const clock = new ManualClock({ nowMs: 1000 });
    const now = steadyNow(clock);
    clock.set(500);
    expect(now()).toBe(1000);
    clock.set(999);
    expect(now()).toBe(1499);
    clock.set(1499);
    expect(now()).toBe(1499);
  });

  test('of more than sixteen steps back the oldest can no longer be undone', () => {
    let reading = 1000;
    const now = steadyNow({ now: () => reading });
    for (let count = 0; count < 17; count++) {
      reading -= 10;
      now();
    }
    reading += 170;
    expect(now()).toBe(1010);
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
