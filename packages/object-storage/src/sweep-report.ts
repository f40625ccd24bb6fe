import { isVideoStorageError, type StorageSweep } from '@videostorage/core';

/** Counts what a run of the sweep does. */
export class SweepReport {
  /** Begun elsewhere and brought to its end. */
  finished = 0;
  /** Uploads, sources, claims and records that were freed. */
  released = 0;
  /** As far as the store says. */
  bytesReleased = 0;
  readonly #limit: number;
  readonly #failures: { readonly id: string; readonly code: string }[] = [];
  #examined = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many items may still be examined. */
  get left(): number {
    return this.#limit - this.#examined;
  }

  /** Does the work of one item; what fails is reported and does not stop the others. */
  async examine(id: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    this.#examined += 1;
    try {
      await work();
    } catch (error) {
      // The end of the whole run is not a failure of an item.
      signal.throwIfAborted();
      this.#failures.push({ id, code: isVideoStorageError(error) ? error.code : 'INTERNAL' });
    }
  }

  /** As the port declares it. */
  toSweep(more: boolean): StorageSweep {
    const { finished, released, bytesReleased } = this;
    return { examined: this.#examined, finished, released, bytesReleased, failures: [...this.#failures], more };
  }
}
