import type { S3Client } from '@aws-sdk/client-s3';

/**
 * When a URL is signed: by the store's clock, as the SDK has learned it from answers to this client. Without it a host whose
 * clock is a quarter of an hour off signs URLs that the store refuses, although its own requests succeed.
 */
export function signingDate({ config }: Pick<S3Client, 'config'>): Date {
  return new Date(Date.now() + config.systemClockOffset);
}
