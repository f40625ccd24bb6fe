import { S3Error } from './s3-error.ts';

/** Checks who pays for a request to a bucket of another account. @throws {S3Error} 403 unless it is the requester */
export function refuseUnpaid(payer: unknown): void {
  if (payer !== 'requester') throw new S3Error(403, 'AccessDenied', 'Access Denied');
}
