import { BackendError } from '@videostorage/core';
import { MemoryStorage } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ServiceWorld } from '../test-support/service-world.ts';
import { Interval, startLoop } from './maintenance-loop.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  // Restore spies first: restored after `useRealTimers`, a spy on a fake timer would put the fake timer back.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('startLoop', () => {
  test('runs first within one interval, then once each interval, never twice at once, and not after it is stopped', async () => {
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

  test('when it is stopped before the first run, or between two, nothing runs', async () => {
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

  test('stopping aborts the current run, and waits for it', async () => {
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

test('an interval has passed at the first call, and again after its length', () => {
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

describe('startMaintenance', () => {
  const swept = { examined: 1, finished: 0, released: 0, bytesReleased: 0, failures: [] };

  /** How often each storage was called, sweep by sweep. */
  function startSweeps(world: ServiceWorld) {
    const lease = vi.spyOn(world.records, 'lease');
    const own = vi.spyOn(world.storage.maintenance, 'sweep');
    const list = vi.spyOn(world.storage, 'listVideos');
    // This one never has anything left.
    const other = Object.defineProperty(new MemoryStorage({ clock: world.clock }), 'backendName', { value: 'other' });
    const others = vi.spyOn(other, 'listVideos');
    const service = world.node({ storages: [world.storage, other] });
    const maintenance = service.startMaintenance({ everySeconds: 60 });
    const asked = async () => {
      const spies = { records: lease, own, list, others };
      for (const spy of Object.values(spies)) spy.mockClear();
      await vi.advanceTimersByTimeAsync(60_000);
      return Object.entries(spies).flatMap(([name, { mock }]) => mock.calls.map(() => name));
    };
    return { own, list, asked, service, maintenance };
  }

  test('sweeps the records each time and the storages once an hour', async () => {
    const world = new ServiceWorld();
    const { asked, maintenance } = startSweeps(world);
    expect(await asked()).toEqual(['records', 'own', 'list', 'others']);
    world.clock.advance(3_599_999);
    expect(await asked()).toEqual(['records']);
    world.clock.advance(1);
    expect(await asked()).toEqual(['records', 'own', 'list', 'others']);
    await maintenance.stop();
  });

  test('continues in the next sweeps only with the storage that has more to do', async () => {
    const world = new ServiceWorld();
    const { own, list, asked, maintenance } = startSweeps(world);
    const stored = {
      backendName: 'memory',
      status: 'ready',
      playable: true,
      createdAt: '2026-11-23T00:00:00.000Z',
    } as const;
    const videos = Array.from({ length: 500 }, (_, index) => ({ ...stored, videoId: `v${index}` }));
    const anHourLater = () => {
      world.clock.advance(3_600_000);
      return asked();
    };
    own.mockResolvedValue({ ...swept, more: true });
    list.mockImplementation(async ({ cursor = '0' } = {}) => ({ videos, cursor: `${Number(cursor) + 1}` }));
    expect(await asked()).toEqual(['records', 'own', 'list', 'list', 'others']);
    own.mockResolvedValue({ ...swept, more: false });
    expect(await asked()).toEqual(['records', 'own', 'list', 'list']);
    list.mockResolvedValue({ videos });
    expect(await asked(), 'its own sweep is complete').toEqual(['records', 'list']);
    expect(await asked(), 'all is complete').toEqual(['records']);
    own.mockResolvedValue({ ...swept, more: true });
    expect(await anHourLater()).toEqual(['records', 'own', 'list', 'others']);
    own.mockRejectedValue(new Error('the storage is down'));
    expect(await asked(), 'its listing is complete').toEqual(['records', 'own']);
    expect(await asked(), 'what fails waits for the next hour').toEqual(['records']);
    await maintenance.stop();
  });

  test('a run without storages calls none of them, even when one has more to do', async () => {
    const world = new ServiceWorld();
    const { own, asked, service, maintenance } = startSweeps(world);
    own.mockResolvedValue({ ...swept, more: true });
    await asked();
    own.mockClear();
    await service.sweep({ storages: false });
    expect(own).not.toHaveBeenCalled();
    await maintenance.stop();
  });

  test('a dry run in between does not change what is left to do', async () => {
    const world = new ServiceWorld();
    const { own, asked, service, maintenance } = startSweeps(world);
    own.mockResolvedValue({ ...swept, more: true });
    await asked();
    own.mockResolvedValueOnce({ ...swept, more: false });
    await service.sweep({ dryRun: true });
    own.mockResolvedValue({ ...swept, more: false });
    expect(await asked()).toEqual(['records', 'own']);
    own.mockResolvedValueOnce({ ...swept, more: true });
    await service.sweep({ dryRun: true });
    expect(await asked()).toEqual(['records']);
    await maintenance.stop();
  });

  test('a run aborted by the stop is not logged as failed', async () => {
    const world = new ServiceWorld();
    await world.upload();
    world.clock.advance(60_000);
    const aborted = new Promise<void>((resolve) => {
      vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce((_, { signal }) => {
        resolve();
        return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      });
    });
    const maintenance = world.service.startMaintenance({ everySeconds: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    await aborted;
    await maintenance.stop();
    expect(world.log.filter(({ event }) => event === 'sweep.finished' || event === 'request.failed')).toEqual([]);
  });

  test('a failing run is logged, and the next run still takes place', async () => {
    const world = new ServiceWorld();
    const lease = vi.spyOn(world.records, 'lease').mockRejectedValueOnce(new Error('the database is down'));
    const maintenance = world.service.startMaintenance({ everySeconds: 1 });
    await vi.advanceTimersByTimeAsync(2500);
    await maintenance.stop();
    expect(lease.mock.calls.length).toBeGreaterThan(1);
    expect(world.log[0]).toMatchObject({
      ...{ event: 'request.failed', level: 'error', operation: 'sweep' },
      ...{ code: 'INTERNAL', message: 'Error: the database is down' },
    });
  });

  test.each([null, [], { everyMinutes: 5 }, { dryRun: true }])(
    'the options %j are refused, and nothing starts',
    (given) => {
      const { service } = new ServiceWorld();
      const start = () => Reflect.apply(service.startMaintenance, service, [given]);
      expect(start).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test.each([null, { dryrun: true }, { dryRun: 'yes' }, { deleteOrphans: 1 }, { storages: null }, { limit: 10_001 }])(
    'a sweep with the options %j is refused: it might delete what it was only meant to count',
    async (given) => {
      const world = new ServiceWorld();
      const lease = vi.spyOn(world.records, 'lease');
      await expect(Reflect.apply(world.service.sweep, world.service, [given])).rejects.toMatchObject({
        code: 'MISCONFIGURED',
      });
      expect(lease).not.toHaveBeenCalled();
    },
  );

  test.each([
    [{}, 60_000],
    [{ timeoutMs: undefined }, 60_000],
    [{ timeoutMs: 7000 }, 7000],
  ])(
    'in a sweep with %o, each call to a storage may take a minute, or as long as `timeoutMs` says',
    async (own, timeoutMs) => {
      const world = new ServiceWorld();
      await world.upload();
      world.clock.advance(60_000);
      const spies = [
        vi.spyOn(world.storage, 'confirmUpload'),
        vi.spyOn(world.storage.maintenance, 'sweep'),
        vi.spyOn(world.storage, 'listVideos'),
      ];
      await world.service.sweep(own);
      expect(spies.map((spy) => spy.mock.lastCall?.at(-1))).toEqual(
        spies.map(() => expect.objectContaining({ timeoutMs })),
      );
    },
  );

  test.each([
    [149_999, 20],
    [150_000, 8],
  ])(
    'when each record takes %d ms, %d of a batch are examined, so that its lease does not end first',
    async (tookMs, examined) => {
      const world = new ServiceWorld();
      for (let index = 0; index < 20; index += 1) await world.upload();
      world.clock.advance(60_000);
      vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce(async () => {
        world.clock.advance(tookMs);
        throw new BackendError('BACKEND_UNAVAILABLE', 'down');
      });
      expect(await world.service.sweep({ storages: false })).toMatchObject({ examined, more: examined < 20 });
      expect(await world.sweepLater(300)).toMatchObject({ adopted: 20 - examined + 1, more: false });
    },
  );

  test.each([
    [149_999, 120, 2],
    [150_000, 0, 1],
  ])(
    'when each lease takes %d ms to be granted, %d of 120 records are examined: each lease’s time starts with its request',
    async (tookMs, examined, leases) => {
      const world = new ServiceWorld();
      for (let index = 0; index < 120; index += 1) await world.ask();
      world.clock.advance(60_000);
      const lease = world.records.lease.bind(world.records);
      const asked = vi.spyOn(world.records, 'lease').mockImplementation(async (...of) => {
        const due = await lease(...of);
        world.clock.advance(tookMs);
        return due;
      });
      expect(await world.service.sweep({ storages: false })).toMatchObject({ examined, more: examined === 0 });
      expect(asked).toHaveBeenCalledTimes(leases);
    },
  );

  test.each([0, 1.5, 86_401])('%d seconds are refused', (everySeconds) => {
    expect(() => new ServiceWorld().service.startMaintenance({ everySeconds })).toThrow(/everySeconds/);
  });
});
