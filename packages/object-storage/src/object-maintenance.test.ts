import { BackendError, RetryHandler } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { expect, test, vi } from 'vitest';
import { claimedHost } from '../test-support/claimed-host.ts';
import { MemoryHost } from '../test-support/memory-host.ts';
import { claimKey, recordKey, uploadKey } from './store-keys.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const [claim, record] = [claimKey(uploadId), recordKey(uploadId)];
const HOUR_MS = 60 * 60 * 1000;
const nothing = { examined: 0, finished: 0, released: 0, bytesReleased: 0, failures: [], more: false };

/** Does something after the first call of this name. */
function once(name: string, work: () => void): (call: string) => void {
  let isDone = false;
  return (call) => {
    if (isDone || call !== name) return;
    isDone = true;
    work();
  };
}

test('an empty store has nothing to sweep', async () => {
  expect(await new MemoryHost().storage.maintenance.sweep()).toEqual(nothing);
});

test('a dry run reports what would be done, and only reads from the store', async () => {
  const host = await claimedHost({ purgeAsks: 1 });
  await host.sent({ uploadId: '1'.repeat(32) });
  const done = await host.sent({ uploadId: '2'.repeat(32) });
  await host.storage.confirmUpload(done.uploadReference, host.user);
  await host.storage.deleteVideo(done.videoId);
  const undone = await host.sent({ uploadId: '3'.repeat(32) });
  await host.storage.abortUpload(undone.uploadReference, host.user);
  host.clock.advance(HOUR_MS);
  const before = host.keys;
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({
    finished: 1,
    released: 0,
    failures: [],
  });
  host.clock.advance(48 * HOUR_MS);
  host.operations.taken();
  const { examined, released, finished, bytesReleased } = await host.storage.maintenance.sweep({ dryRun: true });
  expect({ examined, released, finished, bytesReleased }).toEqual({
    examined: 8,
    released: 6,
    finished: 0,
    bytesReleased: 30,
  });
  expect(host.operations.taken().filter((call) => !/^(list|readDocument)/.test(call))).toEqual([]);
  expect(host.keys).toEqual(before);
  await host.storage.maintenance.sweep();
  expect(host.keys).toEqual([claim, record]);
});

test('one item that fails is reported with its code, does not stop the others, and is tried again', async () => {
  const host = new MemoryHost();
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
  for (const id of ids) await host.sent({ uploadId: id });
  host.clock.advance(48 * HOUR_MS);
  let count = 0;
  host.operations.before = (call) => {
    if (call !== 'removeLeftover') return;
    count += 1;
    if (count === 1) throw new BackendError('BACKEND_REFUSED', 'No.');
    if (count === 2) throw new TypeError('A mistake.');
  };
  const [one, two] = ids.map((id) => uploadKey(id));
  const failures = [
    { id: one, code: 'BACKEND_REFUSED' },
    { id: two, code: 'INTERNAL' },
  ];
  expect(await host.storage.maintenance.sweep()).toEqual({
    ...nothing,
    examined: 3,
    released: 1,
    bytesReleased: 10,
    failures,
  });
  expect(await host.storage.maintenance.sweep()).toEqual({ ...nothing, examined: 2, released: 2, bytesReleased: 20 });
});

test('an abort of the caller ends the run, and is not reported as a failure of an item', async () => {
  const host = new MemoryHost();
  await host.sent();
  host.clock.advance(48 * HOUR_MS);
  const caller = new AbortController();
  const reason = new Error('The host stops.');
  host.operations.before = (call) => {
    if (call === 'removeLeftover') caller.abort(reason);
  };
  await expect(host.storage.maintenance.sweep({ signal: caller.signal })).rejects.toBe(reason);
});

test('a run that its caller aborts does not move where the next one begins', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2', '3']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  const caller = new AbortController();
  host.operations.before = (call) => {
    if (call === 'removeLeftover') caller.abort(new Error('The host stops.'));
  };
  const aborted = host.storage.maintenance.sweep({ signal: caller.signal, limit: 2 });
  await expect(aborted).rejects.toThrow('The host stops.');
  host.operations.before = () => {};
  expect(await host.storage.maintenance.sweep({ limit: 2 })).toMatchObject({ examined: 2, failures: [] });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ more: false });
  expect(host.keys).toEqual([]);
});

test('the limit ends a run; the next one continues there, until there is no more', async () => {
  const host = new MemoryHost();
  for (let number = 1; number <= 5; number++) {
    const ticket = await host.sent({ uploadId: String(number).repeat(32) });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
    await host.sent({ uploadId: `a${String(number).repeat(31)}` });
  }
  host.clock.advance(48 * HOUR_MS);
  const runs = [];
  for (let run = 0; run < 20; run++) {
    const { examined, released, more } = await host.storage.maintenance.sweep({ limit: 4 });
    expect(examined).toBeLessThanOrEqual(4);
    runs.push({ examined, released });
    if (!more) break;
  }
  expect(runs).toEqual([4, 4, 4, 3].map((examined, run) => ({ examined, released: [4, 4, 2, 0][run] })));
  expect(host.keys).toHaveLength(10);
  // The next run begins at the start again.
  expect(await host.storage.maintenance.sweep({ limit: 4 })).toMatchObject({ examined: 4, more: true });
});

test('a run ends before its deadline, and the next one continues', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2', '3']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  host.operations.after = (call) => {
    if (call === 'removeLeftover') host.clock.advance(450);
  };
  expect(await host.storage.maintenance.sweep({ timeoutMs: 1000 })).toMatchObject({ examined: 2, more: true });
  expect(await host.storage.maintenance.sweep({ timeoutMs: 1000 })).toMatchObject({ examined: 1, more: false });
  expect(host.keys).toEqual([]);
});

test('at four fifths of its time, not later, a run begins no item and lists nothing', async () => {
  for (const uploads of [1, 2]) {
    for (const [elapsedMs, examined] of [
      [799, uploads],
      [800, 1],
    ] as const) {
      const host = new MemoryHost();
      for (let digit = 0; digit < uploads; digit++) await host.sent({ uploadId: String(digit).repeat(32) });
      host.clock.advance(48 * HOUR_MS);
      host.operations.after = once('removeLeftover', () => host.clock.advance(elapsedMs));
      expect(await host.storage.maintenance.sweep({ timeoutMs: 1000 })).toMatchObject({
        examined,
        more: elapsedMs === 800,
      });
      expect(host.operations.taken().includes('listDocuments records/')).toBe(elapsedMs === 799);
    }
  }
});

test('after a run whose time ends among claims, the next one continues after the last examined claim', async () => {
  const host = new MemoryHost();
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
  for (const id of ids) {
    const ticket = await host.sent({ uploadId: id });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
  }
  host.clock.advance(HOUR_MS);
  host.operations.taken();
  host.operations.after = (call) => {
    if (call.startsWith('readDocument')) host.clock.advance(450);
  };
  const read = async () => {
    await host.storage.maintenance.sweep({ timeoutMs: 1000 });
    return host.operations.taken().filter((call) => call.startsWith('readDocument'));
  };
  const [first, second, third] = ids.map((id) => `readDocument ${recordKey(id)}`);
  expect([await read(), await read()]).toEqual([
    [first, second],
    [third, first],
  ]);
});

test('an item that takes all of the time is reported as a failure, and the next run continues after it', async () => {
  const clock = new ManualClock();
  const host = new MemoryHost({ retryHandler: new RetryHandler({ maxAttempts: 1, clock }) });
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
  for (const id of ids) {
    const ticket = await host.sent({ uploadId: id });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
  }
  host.clock.advance(48 * HOUR_MS);
  host.operations.before = async (call) => {
    if (call !== `readDocument ${recordKey(ids[0] ?? '')}`) return;
    const stuck = new Promise<void>(() => {});
    clock.advance(10_000);
    await stuck;
  };
  // The run does not measure its time by the wall clock, which does not advance here, as when it is set back.
  expect(await host.storage.maintenance.sweep()).toEqual({
    ...nothing,
    examined: 1,
    failures: [{ id: claimKey(ids[0] ?? ''), code: 'TIMEOUT' }],
    more: true,
  });
  host.operations.taken();
  expect(await host.storage.maintenance.sweep({ limit: 2 })).toMatchObject({ examined: 2, released: 2, failures: [] });
  expect(host.keys.filter((key) => key.startsWith('claims/'))).toEqual([claimKey(ids[0] ?? '')]);
});

test('so is a confirm whose inspection takes all of the time of the run: it does not count as undetermined', async () => {
  const clock = new ManualClock();
  const host = await claimedHost({
    retryHandler: new RetryHandler({ maxAttempts: 1, clock }),
    probe: (_reader, { signal }) => {
      const stuck = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      clock.advance(10_000);
      return stuck;
    },
  });
  host.clock.advance(HOUR_MS);
  expect(await host.storage.maintenance.sweep()).toEqual({
    ...nothing,
    examined: 1,
    failures: [{ id: claimKey(host.uploadId), code: 'TIMEOUT' }],
    more: true,
  });
});

test('a leftover that takes all of the time is skipped by the next run, on a later page too', async () => {
  const clock = new ManualClock();
  const host = new MemoryHost({ retryHandler: new RetryHandler({ maxAttempts: 1, clock }) });
  const [first, , , fourth, , sixth] = ['1', '2', '3', '4', '5', '6'].map((digit) => uploadKey(digit.repeat(32)));
  for (const digit of ['2', '3', '4', '5', '6']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  // A recent upload, which stays.
  await host.sent({ uploadId: '1'.repeat(32) });
  const removals = ['done', 'slow', 'refused', 'slow', 'stuck', 'refused', 'done'];
  host.operations.before = async (call) => {
    if (call !== 'removeLeftover') return;
    const removal = removals.shift();
    if (removal === 'refused') throw new BackendError('BACKEND_REFUSED', 'No.');
    if (removal === 'slow') host.clock.advance(8000);
    if (removal !== 'stuck') return;
    const stuck = new Promise<void>(() => {});
    clock.advance(10_000);
    await stuck;
  };
  const run = async (limit?: number) => {
    const { examined, failures, more } = await host.storage.maintenance.sweep({ limit });
    return { examined, failed: failures.map(({ id }) => id), more };
  };
  expect(await run(2)).toEqual({ examined: 2, failed: [], more: true });
  expect(await run()).toEqual({ examined: 1, failed: [], more: true });
  expect(await run()).toEqual({ examined: 2, failed: [fourth], more: true });
  expect(await run()).toEqual({ examined: 1, failed: [sixth], more: true });
  expect(await run()).toEqual({ examined: 0, failed: [], more: false });
  expect(host.keys).toEqual([first, fourth, sixth]);
  expect(await run()).toEqual({ examined: 3, failed: [fourth], more: false });
});

test('a caller who aborts between two items gets their own reason', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2']) await host.sent({ uploadId: digit.repeat(32) });
  const caller = new AbortController();
  const reason = new Error('The host stops.');
  // Recent uploads: no request is made for them, so the store does not notice the abort.
  const now = host.clock.now.bind(host.clock);
  vi.spyOn(host.clock, 'now').mockImplementation(() => {
    if (host.operations.calls.includes('listLeftovers')) caller.abort(reason);
    return now();
  });
  await expect(host.storage.maintenance.sweep({ signal: caller.signal })).rejects.toBe(reason);
});

test('a caller who aborts during the very last item gets their own reason', async () => {
  const host = new MemoryHost();
  const ticket = await host.sent();
  await host.storage.abortUpload(ticket.uploadReference, host.user);
  host.clock.advance(HOUR_MS);
  const caller = new AbortController();
  const reason = new Error('The host stops.');
  host.operations.before = (call) => {
    if (call === `readDocument ${record}`) caller.abort(reason);
  };
  await expect(host.storage.maintenance.sweep({ signal: caller.signal })).rejects.toBe(reason);
});

test('two simultaneous runs in two processes have the result of one', async () => {
  const host = await claimedHost({ purgeAsks: 1 });
  await host.sent({ uploadId: '1'.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  await Promise.all([host.storage.maintenance.sweep(), host.storage.maintenance.sweep()]);
  expect(host.keys).toEqual([claim, record]);
});

test('objects of other programs below the prefixes are neither removed nor read', async () => {
  const host = new MemoryHost();
  const foreign = ['claims/README', 'records/README', 'records/x.json', 'uploads/README', `claims/${uploadId}.txt`];
  for (const key of foreign) host.bucket.put(key, new Uint8Array(1));
  host.clock.advance(100 * HOUR_MS);
  expect(await host.storage.maintenance.sweep()).toMatchObject({ released: 0, failures: [] });
  expect(host.operations.taken().filter((call) => !call.startsWith('list'))).toEqual([]);
  expect(host.keys).toEqual(foreign.sort());
});

test.each([0, 10_001, 1.5, Number.NaN])('a limit of %s is refused', async (limit) => {
  const sweep = new MemoryHost().storage.maintenance.sweep({ limit });
  await expect(sweep).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    problems: [{ path: 'limit', code: 'OPTION_INVALID', message: '`limit` must be a whole number from 1 to 10000.' }],
    operation: 'sweep',
  });
});

test.each([1, 10_000])('a limit of %s is accepted', async (limit) => {
  expect(await new MemoryHost().storage.maintenance.sweep({ limit })).toEqual(nothing);
});

test('a dry run that its limit ends does not move where the next real run begins', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2', '3']) await host.sent({ uploadId: digit.repeat(32) });
  host.clock.advance(48 * HOUR_MS);
  expect(await host.storage.maintenance.sweep({ dryRun: true, limit: 2 })).toMatchObject({ examined: 2, more: true });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ examined: 3, released: 3, more: false });
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ examined: 0, more: false });
});

test('a run that its limit ends does not move where the next dry run begins', async () => {
  const host = new MemoryHost();
  for (const digit of ['1', '2']) {
    const ticket = await host.sent({ uploadId: digit.repeat(32) });
    await host.storage.confirmUpload(ticket.uploadReference, host.user);
  }
  expect(await host.storage.maintenance.sweep({ limit: 3 })).toMatchObject({ examined: 3, more: true });
  expect(await host.storage.maintenance.sweep({ dryRun: true })).toMatchObject({ examined: 4, more: false });
  expect(await host.storage.maintenance.sweep()).toMatchObject({ examined: 1, more: false });
});
