import type { LimitScope } from '@videostorage/core';
import { changedUsage, NO_USAGE, recordUsage, USAGE_SCOPES, usageKey } from '../record-usage.ts';
import type { VideoRecord } from '../video-record.ts';
import type { RecordUsage } from '../video-records.ts';

/**
 * The usage of each scope, updated with every change of a record: four additions for each change, however many records there
 * are.
 */
export class UsageTable {
  readonly #used = new Map<string, RecordUsage>();

  /** The usage of a scope. */
  get(scope: LimitScope, key: string): RecordUsage {
    return this.#used.get(`${scope} ${key}`) ?? NO_USAGE;
  }

  /** Counts a record that was inserted, changed or removed. */
  move(before: VideoRecord | undefined, after: VideoRecord | undefined): void {
    for (const scope of USAGE_SCOPES) {
      if (before !== undefined) this.#change(scope, before, recordUsage(before), NO_USAGE);
      if (after !== undefined) this.#change(scope, after, NO_USAGE, recordUsage(after));
    }
  }

  #change(scope: LimitScope, record: VideoRecord, before: RecordUsage, after: RecordUsage): void {
    const key = usageKey(scope, record);
    if (key === undefined) return;
    const used = changedUsage(this.get(scope, key), before, after);
    const isUnused = used.pending === 0 && used.videos === 0;
    if (isUnused) this.#used.delete(`${scope} ${key}`);
    else this.#used.set(`${scope} ${key}`, used);
  }
}
