import { vi } from 'vitest';
import type { VideoRecords } from '../src/video-records.ts';

/** Runs an action, as another process would, between a read of the record and the next compare-and-set. */
export function beforeNextUpdate(records: VideoRecords, work: () => Promise<unknown>): void {
  const update = records.update.bind(records);
  vi.spyOn(records, 'update').mockImplementationOnce(async (...given) => {
    await work();
    return update(...given);
  });
}
