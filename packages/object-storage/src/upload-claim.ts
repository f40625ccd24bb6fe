import type { Timestamp, UploadClaims } from '@videostorage/core';
import { z } from 'zod';
import type { Source } from './object-store.ts';

/** The document `claims/<uploadId>`: which source was elected, and what was declared, so that anybody can go on from here. */
export interface UploadClaim {
  /** Layout of the document. */
  readonly version: 1;
  /** The attempt that was elected; becomes the `revision` of the video. */
  readonly attempt: string;
  /** The bytes that everybody looks at and publishes. */
  readonly source: Source;
  /** What the reference of the elected confirm declares. */
  readonly declared: UploadClaims;
  /** When it was elected. */
  readonly claimedAt: Timestamp;
}

const id = z.string().min(1).max(512);
const timestamp = z.iso.datetime({ precision: 3 });

/** Exactly what this version writes. */
export const uploadClaimSchema: z.ZodType<UploadClaim> = z.strictObject({
  version: z.literal(1),
  attempt: z.string().regex(/^[0-9a-f]{32}$/),
  source: z.strictObject({ kind: z.enum(['copy', 'parts']), id: z.string().min(1).max(1024) }),
  declared: z.strictObject({
    backendName: id,
    uploadId: z.string().regex(/^[0-9a-f]{32}$/),
    videoId: z.string().max(64),
    userId: id,
    contextId: id.exactOptional(),
    sizeBytes: z.number().int().positive(),
    mimeType: id,
    maxDurationSeconds: z.number().positive().exactOptional(),
    state: z.string().max(4096).exactOptional(),
    validUntil: timestamp,
  }),
  claimedAt: timestamp,
});
