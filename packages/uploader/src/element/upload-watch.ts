import type { UploadHandle, UploadPhase } from '../upload-handle.ts';

/** Phases that pass within a moment: a screen reader would only be busy with them. */
const UNSAID: ReadonlySet<UploadPhase> = new Set(['checking', 'asking', 'confirming']);
const QUARTER = 25;

/** One thing that has changed about an upload, worth an event or a sentence. */
export type UploadChange =
  | { readonly kind: 'phase'; readonly handle: UploadHandle; readonly isNew: boolean; readonly isSaid: boolean }
  | { readonly kind: 'quarter'; readonly handle: UploadHandle; readonly percent: number };

interface Seen {
  readonly phase: UploadPhase | undefined;
  readonly said: UploadPhase | undefined;
  readonly quarter: number;
}

/** Compares the uploads with how it saw them last: of a progress that is reported many times a second it notes the quarters. */
export class UploadWatch {
  #seen: ReadonlyMap<string, Seen> = new Map();

  /** What has changed since the last look. */
  look(uploads: readonly UploadHandle[]): readonly UploadChange[] {
    const changes: UploadChange[] = [];
    const seen = new Map<string, Seen>();
    for (const handle of uploads) {
      const { phase, progress } = handle;
      const before = this.#seen.get(handle.id) ?? { phase: undefined, said: undefined, quarter: 0 };
      const isSaid = !UNSAID.has(phase) && phase !== before.said;
      if (phase !== before.phase) changes.push({ kind: 'phase', handle, isNew: before.phase === undefined, isSaid });
      const percent = progress.totalBytes === 0 ? 0 : (progress.sentBytes / progress.totalBytes) * 100;
      // The first one after an upload goes on says where it goes on, and none is said twice.
      const quarter = Math.max(before.quarter, Math.floor(percent / QUARTER) * QUARTER);
      if (phase === 'sending' && quarter > before.quarter && quarter < 100) {
        changes.push({ kind: 'quarter', handle, percent: quarter });
      }
      seen.set(handle.id, { phase, said: UNSAID.has(phase) ? before.said : phase, quarter });
    }
    this.#seen = seen;
    return changes;
  }
}
