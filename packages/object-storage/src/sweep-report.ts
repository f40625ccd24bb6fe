import { isVideoStorageError, type StorageSweep } from '@videostorage/core';

/** Counts the work of one run of the sweep. */
export class SweepReport {
  /** Confirms, deletes and removals that were interrupted, and are finished now. */
  finished = 0;
  /** Uploads, sources, claims and records that were freed. */
  released = 0;
  /** Bytes of them, as far as the store reports sizes. */
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

  /** Does the work of one item. A failure is reported and does not stop the run; an abort of `caller` ends it. @returns whether it succeeded */
  async examine(id: string, caller: AbortSignal | undefined, work: () => Promise<void>): Promise<boolean> {
    this.#examined += 1;
    try {
      await work();
      return true;
    } catch (error) {
      caller?.throwIfAborted();
      this.#failures.push({ id, code: isVideoStorageError(error) ? error.code : 'INTERNAL' });
      return false;
    }
  }

  /** The report as `Maintenance.sweep` returns it. @param more whether items remain for the next run */
  toSweep(more: boolean): StorageSweep {
    const { finished, released, bytesReleased } = this;
    return { examined: this.#examined, finished, released, bytesReleased, failures: this.#failures, more };
  }
}
