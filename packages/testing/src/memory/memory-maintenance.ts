import {
  type CallRunner,
  type Clock,
  isVideoStorageError,
  type Maintenance,
  type StorageCall,
  type StorageSweep,
  type SweepOptions,
  ValidationError,
} from '@videostorage/core';
import type { MemoryProvider } from './memory-provider.ts';

/** Longest life of a reference: a ticket of 24 h and its grace of 24 h. What is older can no longer be confirmed. */
const UNCONFIRMABLE_AFTER_MS = 48 * 3_600_000;
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

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
    return this.#call('sweep', options, (call) => this.#sweep(options, call));
  }

  async #sweep({ limit = DEFAULT_LIMIT, dryRun = false }: SweepOptions, call: StorageCall): Promise<StorageSweep> {
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      const message = `The limit must be a whole number from 1 to ${MAX_LIMIT}.`;
      throw new ValidationError([{ path: 'limit', code: 'OPTION_INVALID', message }]);
    }
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
