import {
  type CallRunner,
  type Clock,
  isVideoStorageError,
  type Maintenance,
  type StorageCall,
  type StorageSweep,
  type SweepOptions,
  type SweepRequest,
  toSweepRequest,
  UNCONFIRMABLE_AFTER_MS,
} from '@videostorage/core';
import type { MemoryProvider } from './memory-provider.ts';

/** Frees uploads of the memory provider that were not confirmed before their reference ended. */
export class MemoryMaintenance implements Maintenance {
  readonly #provider: MemoryProvider;
  readonly #clock: Clock;
  readonly #call: CallRunner;

  constructor(provider: MemoryProvider, clock: Clock, call: CallRunner) {
    this.#provider = provider;
    this.#clock = clock;
    this.#call = call;
  }

  /** @inheritDoc */
  sweep(options: SweepOptions = {}): Promise<StorageSweep> {
    return this.#call('sweep', options, async (call) => this.#sweep(toSweepRequest(options), call));
  }

  async #sweep({ limit, dryRun }: SweepRequest, call: StorageCall): Promise<StorageSweep> {
    const before = this.#clock.now() - UNCONFIRMABLE_AFTER_MS;
    const found = await call.step('always', (signal) => this.#provider.listPending(before, limit + 1, signal));
    const pending = found.slice(0, limit);
    const failures: { readonly id: string; readonly code: string }[] = [];
    let [released, bytesReleased] = [0, 0];
    for (const { videoId, heldBytes } of pending) {
      try {
        if (!dryRun) {
          await call.step('always', (signal) => this.#provider.end(videoId, { state: 'aborted' }, signal));
        }
        released += 1;
        bytesReleased += heldBytes;
      } catch (error) {
        call.signal.throwIfAborted();
        failures.push({ id: videoId, code: isVideoStorageError(error) ? error.code : 'INTERNAL' });
      }
    }
    return { examined: pending.length, finished: 0, released, bytesReleased, failures, more: found.length > limit };
  }
}
