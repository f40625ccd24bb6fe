import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ServiceWorld } from '../test-support/service-world.ts';
import { Interval, startLoop } from './maintenance-loop.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  // First the spies on fake timers: restored after them, they would leave the fake ones.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('startLoop', () => {
  test('runs first within one wait, then every wait, never two runs at once, and not after the stop', async () => {
    let running = 0;
    let most = 0;
    const work = vi.fn(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      running -= 1;
    });
    const loop = startLoop(1000, work, () => 0.5);
    await vi.advanceTimersByTimeAsync(499);
    expect(work).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2500 + 1000);
    expect(work).toHaveBeenCalledTimes(2);
    expect(most).toBe(1);
    const stopped = loop.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    expect(work).toHaveBeenCalledTimes(2);
    expect(running).toBe(0);
  });

  test('keeps no process alive, before the first run and after it', async () => {
    const planned = vi.spyOn(globalThis, 'setTimeout');
    const loop = startLoop(
      1000,
      async () => {},
      () => 0.5,
    );
    await vi.advanceTimersByTimeAsync(500);
    const timers = planned.mock.results.map(({ value }) => value);
    expect(timers.map((timer: NodeJS.Timeout) => timer.hasRef())).toEqual([false, false]);
    await loop.stop();
  });

  test('after a stop before the first run, or between two, nothing runs', async () => {
    for (const untilStopMs of [0, 1200]) {
      const work = vi.fn(async () => {});
      const loop = startLoop(1000, work, () => 0.5);
      await vi.advanceTimersByTimeAsync(untilStopMs);
      const runs = work.mock.calls.length;
      await loop.stop();
      await vi.advanceTimersByTimeAsync(5000);
      expect(work).toHaveBeenCalledTimes(runs);
    }
  });

  test('a stop aborts the run that is going on, and waits for it', async () => {
    let aborted = false;
    const loop = startLoop(
      1,
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            setTimeout(resolve, 100);
          });
        }),
      () => 0,
    );
    await vi.advanceTimersByTimeAsync(1);
    let ended = false;
    const stopped = loop.stop().then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(50);
    expect([aborted, ended]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(50);
    await stopped;
    expect(ended).toBe(true);
  });
});

test('an interval is over the first time, and again after its length', () => {
  let nowMs = 0;
  const interval = new Interval({ now: () => nowMs }, 1000);
  expect(interval.takeTurn()).toBe(true);
  nowMs = 999;
  expect(interval.takeTurn()).toBe(false);
  nowMs = 1000;
  expect(interval.takeTurn()).toBe(true);
  expect(interval.takeTurn()).toBe(false);
  // A clock that was wrong by years, and is set back.
  nowMs = 0;
  expect(interval.takeTurn()).toBe(true);
  expect(interval.takeTurn()).toBe(false);
});

test('an interval that is reset begins anew', () => {
  let nowMs = 0;
  const interval = new Interval({ now: () => nowMs }, 1000);
  expect([interval.takeTurn(), interval.takeTurn()]).toEqual([true, false]);
  interval.reset();
  nowMs = 1;
  expect([interval.takeTurn(), interval.takeTurn()]).toEqual([true, false]);
  nowMs = 1001;
  expect(interval.takeTurn()).toBe(true);
});

describe('startMaintenance', () => {
  test('sweeps the records each time and the storages once an hour', async () => {
    const world = new ServiceWorld();
    const sweep = vi.spyOn(world.service, 'sweep');
    const maintenance = world.service.startMaintenance({ everySeconds: 60 });
    await vi.advanceTimersByTimeAsync(180_000);
    expect(sweep.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(sweep.mock.calls.map(([options]) => options?.storages)).toEqual([
      true,
      ...Array(sweep.mock.calls.length - 1).fill(false),
    ]);
    world.clock.advance(3_600_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sweep.mock.calls.at(-1)?.[0]?.storages).toBe(true);
    await maintenance.stop();
  });

  test('examines storages at the next sweep again while one did not examine all of them', async () => {
    const world = new ServiceWorld();
    const report = await world.service.sweep();
    const sweep = vi.spyOn(world.service, 'sweep').mockResolvedValue({ ...report, more: true });
    const maintenance = world.service.startMaintenance({ everySeconds: 1 });
    const examined = async () => {
      sweep.mockClear();
      await vi.advanceTimersByTimeAsync(1000);
      return sweep.mock.calls.map(([options]) => options?.storages);
    };
    expect([await examined(), await examined()]).toEqual([[true], [true]]);
    sweep.mockRejectedValueOnce(new Error('the database is down'));
    expect([await examined(), await examined()]).toEqual([[true], [false]]);
    world.clock.advance(3_600_000);
    expect(await examined()).toEqual([true]);
    sweep.mockResolvedValue({ ...report, more: false });
    expect([await examined(), await examined()]).toEqual([[true], [false]]);
    sweep.mockResolvedValue({ ...report, more: true });
    // More records alone are no reason to list storages.
    expect([await examined(), await examined()]).toEqual([[false], [false]]);
    await maintenance.stop();
  });

  test('a failing run is logged, and the next one comes', async () => {
    const world = new ServiceWorld();
    const lease = vi.spyOn(world.records, 'lease').mockRejectedValueOnce(new Error('the database is down'));
    const maintenance = world.service.startMaintenance({ everySeconds: 1 });
    await vi.advanceTimersByTimeAsync(2500);
    await maintenance.stop();
    expect(lease.mock.calls.length).toBeGreaterThan(1);
    expect(world.log[0]).toMatchObject({
      ...{ event: 'sweep.finished', level: 'error', code: 'INTERNAL', message: 'Error: the database is down' },
    });
  });

  test.each([0, 1.5, 86_401])('%d seconds are refused', (everySeconds) => {
    expect(() => new ServiceWorld().service.startMaintenance({ everySeconds })).toThrow(/everySeconds/);
  });
});
