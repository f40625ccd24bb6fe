import type { Clock, Deletion } from '@videostorage/core';

/** How far a deletion has come: its answer once nothing is pending, `hidden` while the edges purge. */
export type DeletionStep = Deletion | 'hidden';

/** For so long a process uses what it knows. A deleted id is refused for two days, so no video can come back in this time. */
const KEPT_MS = 12 * 60 * 60 * 1000;
/** Takes some megabytes. When there are more videos, the earliest are read from the store again. */
const MAX_VIDEOS = 10_000;

/**
 * What this process knows of the deletions that it has begun, so that a repeated call for many videos makes requests only for
 * those that are pending. Another process, and this one after twelve hours, reads it from the store.
 */
export class DeletionProgress {
  readonly #clock: Pick<Clock, 'now'>;
  /** By id, the earliest first. */
  readonly #steps = new Map<string, { readonly step: DeletionStep; readonly notedAtMs: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** How far the deletion has come; undefined when only the store knows. */
  of(videoId: string): DeletionStep | undefined {
    const known = this.#steps.get(videoId);
    if (known === undefined) return undefined;
    const agoMs = this.#clock.now() - known.notedAtMs;
    // A step that was noted in the future was noted before the clock was set back.
    return agoMs >= 0 && agoMs < KEPT_MS ? known.step : undefined;
  }

  /** Notes how far a deletion has come. */
  note(videoId: string, step: DeletionStep): void {
    this.#steps.delete(videoId);
    this.#steps.set(videoId, { step, notedAtMs: this.#clock.now() });
    const [earliest] = this.#steps.keys();
    if (this.#steps.size > MAX_VIDEOS && earliest !== undefined) this.#steps.delete(earliest);
  }
}
