import { randomBytes } from 'node:crypto';
import type { NewVideoRecord } from '../../video-record.ts';

/** An upload to insert, with an id of its own: for tests of records and of what is built on them. */
export function newUpload(differences: Partial<NewVideoRecord> = {}): NewVideoRecord {
  return {
    id: randomBytes(16).toString('hex'),
    backendName: 'local',
    userId: 'ann',
    contextId: 'lesson-1',
    tenantId: 'school-1',
    submissionId: null,
    idempotencyKey: null,
    fileName: 'talk.mp4',
    mimeType: 'video/mp4',
    sizeBytes: 1000,
    maxDurationSeconds: null,
    custom: {},
    expiresInSeconds: 3600,
    dueInSeconds: 300,
    ...differences,
  };
}
