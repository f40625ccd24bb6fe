import type { Timestamp, UploadClaims } from '@videostorage/core';
import { isRandomId } from '@videostorage/core';
import { z } from 'zod';
import type { Source } from './object-store.ts';

/** The document `claims/<uploadId>`: which source was elected, and what was declared, so that any confirm or sweep can continue. */
export interface UploadClaim {
  /** Version of the layout. */
  readonly version: 1;
  /** The attempt that was elected; becomes the `revision` of the video. */
  readonly attempt: string;
  /** The bytes that every confirm inspects and publishes. */
  readonly source: Source;
  /** The claims of the reference whose confirm was elected. */
  readonly declared: UploadClaims;
  /** When it was elected. */
  readonly claimedAt: Timestamp;
}

const id = z.string().min(1).max(512);
const timestamp = z.iso.datetime({ precision: 3 });

/** Accepts exactly what this version writes. */
export const uploadClaimSchema: z.ZodType<UploadClaim> = z.strictObject({
  version: z.literal(1),
  attempt: z.string().refine(isRandomId),
  source: z.strictObject({ kind: z.enum(['copy', 'parts']), id: z.string().min(1).max(1024) }),
  declared: z.strictObject({
    backendName: id,
    uploadId: z.string().refine(isRandomId),
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
