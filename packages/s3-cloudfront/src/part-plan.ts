import { refuseOption } from '@videostorage/core';

const MEBIBYTE = 1024 * 1024;
/** Amazon S3 User Guide, "Multipart upload limits". */
export const MAX_PARTS = 10_000;
/** Amazon S3 User Guide, "Multipart upload limits": every part but the last. */
export const MIN_PART_SIZE_BYTES: number = 5 * MEBIBYTE;
/** Amazon S3 User Guide, "Multipart upload limits". */
export const MAX_PART_SIZE_BYTES: number = 5 * 1024 * MEBIBYTE;
/** 48.8 TiB, stated as "50 TB". */
export const MAX_OBJECT_SIZE_BYTES: number = MAX_PARTS * MAX_PART_SIZE_BYTES;
/** Largest object by one POST or PUT. */
export const MAX_SINGLE_UPLOAD_BYTES: number = 5 * 1024 * MEBIBYTE;

/** How a file is cut into parts. */
export interface PartPlan {
  /** Size of every part but the last. */
  readonly partSizeBytes: number;
  /** 1–10 000. */
  readonly partCount: number;
}

/** Parts of at least the preferred size, in whole mebibytes, so that 10 000 of them suffice. */
export function planParts(sizeBytes: number, preferredPartSizeBytes: number): PartPlan {
  const needed = Math.ceil(sizeBytes / MAX_PARTS / MEBIBYTE) * MEBIBYTE;
  const partSizeBytes = Math.max(MIN_PART_SIZE_BYTES, preferredPartSizeBytes, needed);
  return { partSizeBytes, partCount: Math.max(1, Math.ceil(sizeBytes / partSizeBytes)) };
}

/** The exact size of one part, in bytes. @throws {ValidationError} a number outside the plan */
export function partSizeBytesOf(partNumber: number, sizeBytes: number, plan: PartPlan): number {
  if (!Number.isSafeInteger(partNumber) || partNumber < 1 || partNumber > plan.partCount) {
    const message = `Part numbers go from 1 to ${plan.partCount}.`;
    refuseOption('partNumbers', message);
  }
  const startByte = (partNumber - 1) * plan.partSizeBytes;
  return Math.min(plan.partSizeBytes, sizeBytes - startByte);
}
