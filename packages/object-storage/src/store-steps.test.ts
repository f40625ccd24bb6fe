import { BackendError, RetryHandler, StorageCall } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import { expect, test } from 'vitest';
import { StoreSteps } from './store-steps.ts';
import { MemoryBucket } from './testing/memory-bucket.ts';
import { MemoryObjectStore } from './testing/memory-object-store.ts';

const videoId = '0123456789abcdef0123456789abcdef-mp4';

class Reading extends MemoryObjectStore {
  readonly signals: AbortSignal[] = [];
  failures = 0;
  hangs = false;

  override async openVideo(): Promise<RangeReader> {
    return {
      sizeBytes: 3,
      read: async (start, end, signal) => {
        this.signals.push(signal);
        if (this.hangs) return new Promise<never>(() => {});
        if (this.failures-- > 0) throw new BackendError('BACKEND_UNAVAILABLE', 'No.');
        return new Uint8Array(end - start);
      },
    };
  }
}

async function opened(caller = new AbortController()) {
  const store = new Reading(new MemoryBucket());
  const call = new StorageCall('test', { signal: caller.signal }, new RetryHandler({ random: () => 0 }), () => {});
  const reader = await new StoreSteps(store, call).openVideo(videoId);
  if (reader === undefined) throw new Error('There is no reader.');
  return { store, call, caller, reader };
}

test('each range is a step of its own, which is retried', async () => {
  const { store, call, reader } = await opened();
  store.failures = 2;
  expect(await reader.read(0, 2, new AbortController().signal)).toHaveLength(2);
  expect(store.signals).toHaveLength(3);
  expect(reader.sizeBytes).toBe(3);
  call.release();
});

test('a range ends at the abort of the call, and at that of its reader', async () => {
  const reason = new Error('Gone.');
  for (const aborts of ['the caller', 'the reader']) {
    const { store, call, caller, reader } = await opened();
    store.hangs = true;
    const own = new AbortController();
    const read = reader.read(0, 1, own.signal).catch((error: unknown) => error);
    while (store.signals.length === 0) await new Promise(setImmediate);
    const [signal] = store.signals;
    expect(signal?.aborted).toBe(false);
    (aborts === 'the caller' ? caller : own).abort(reason);
    expect([signal?.aborted, signal?.reason]).toEqual([true, reason]);
    caller.abort(reason);
    expect(await read).toBe(reason);
    call.release();
  }
});

test('without an edge there is nothing to purge, and no `maxPurges`', async () => {
  const { store, call } = await opened();
  const steps = new StoreSteps(store, call);
  expect(steps.maxPurges).toBeUndefined();
  expect(await steps.purge([])).toBe(true);
  call.release();
});
