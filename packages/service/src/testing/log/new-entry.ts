import type { NewLogEntry } from '../../event-log.ts';

/** A change of a record. */
export function newChange(differences: Partial<NewLogEntry> = {}): NewLogEntry & { readonly recordId: string } {
  return {
    occurrence: 1,
    event: 'upload.requested',
    outcome: 'ok',
    userId: 'ann',
    role: 'student',
    contextId: 'lesson-1',
    errorCode: null,
    elapsedMs: 12,
    ...differences,
    recordId: differences.recordId ?? 'record-1',
  };
}

/** An access to a record. */
export function newAccess(differences: Partial<NewLogEntry> = {}): NewLogEntry {
  return { ...newChange(), event: 'playback.issued', occurrence: null, ...differences };
}
