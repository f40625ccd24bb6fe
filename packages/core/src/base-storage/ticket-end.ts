import type { UploadClaims } from '../reference/upload-claims.ts';

/** A reference outlives its ticket by this much, so that a slow upload that began in time can still be confirmed. 24 h. */
export const REFERENCE_GRACE_MS: number = 24 * 60 * 60 * 1000;

/** When the ticket of a reference expires, in milliseconds since the epoch: from then on no more parts of the upload are signed. */
export function ticketEndsAtMs({ validUntil }: Pick<UploadClaims, 'validUntil'>): number {
  return Date.parse(validUntil) - REFERENCE_GRACE_MS;
}
