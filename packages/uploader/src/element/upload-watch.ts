import type { UploadHandle, UploadPhase } from '../upload-handle.ts';

/** Short phases, whose announcements would keep a screen reader busy. */
const UNANNOUNCED: ReadonlySet<UploadPhase> = new Set(['checking', 'asking', 'confirming']);
const QUARTER = 25;

/** One change of an upload that is reported by an event or an announcement. */
export type UploadChange =
  | { readonly kind: 'phase'; readonly handle: UploadHandle; readonly isNew: boolean; readonly isAnnounced: boolean }
  | { readonly kind: 'quarter'; readonly handle: UploadHandle; readonly percent: number };

interface Seen {
  readonly handle: UploadHandle;
  readonly phase: UploadPhase;
  readonly announced: UploadPhase | undefined;
  readonly quarter: number;
}

/** Finds the changes since the last call; of the progress, only the quarters. */
export class UploadWatch {
  #seen: ReadonlyMap<string, Seen> = new Map();

  /** The changes since the last call. */
  look(uploads: readonly UploadHandle[]): readonly UploadChange[] {
    const changes: UploadChange[] = [];
    const seen = new Map<string, Seen>();
    for (const handle of uploads) {
      const { phase, progress } = handle;
      const before = this.#seen.get(handle.id);
      const isAnnounced = !UNANNOUNCED.has(phase) && phase !== before?.announced;
      if (phase !== before?.phase) changes.push({ kind: 'phase', handle, isNew: before === undefined, isAnnounced });
      const percent = progress.totalBytes === 0 ? 0 : (progress.sentBytes / progress.totalBytes) * 100;
      // After a resume the first quarter announced is where it continues; none is announced twice.
      const last = before?.quarter ?? 0;
      const quarter = Math.max(last, Math.floor(percent / QUARTER) * QUARTER);
      if (phase === 'sending' && quarter > last && quarter < 100) {
        changes.push({ kind: 'quarter', handle, percent: quarter });
      }
      seen.set(handle.id, { handle, phase, announced: UNANNOUNCED.has(phase) ? before?.announced : phase, quarter });
    }
    // Cancelled by its removal. For a failed one the user already knows the end.
    for (const [id, { handle, phase }] of this.#seen) {
      const isCancelled = handle.phase === 'aborted' && phase !== 'aborted' && phase !== 'failed';
      if (!seen.has(id) && isCancelled) changes.push({ kind: 'phase', handle, isNew: false, isAnnounced: false });
    }
    this.#seen = seen;
    return changes;
  }
}
