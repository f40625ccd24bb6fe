import type { S3Client } from '@aws-sdk/client-s3';

/**
 * The SDK compares the time in an answer, of whole seconds, with that of its arrival: an answer that takes half a minute looks
 * like a store that is half a minute behind. A smaller difference says nothing about the store's clock.
 */
const LEAST_SKEW_MS = 60_000;

/** How far the store's clock is ahead of the host app's, in whole seconds, as the SDK has learned it from answers; 0 below a minute. */
export function storeSkewMs({ config }: Pick<S3Client, 'config'>): number {
  const offsetMs = config.systemClockOffset;
  return Math.abs(offsetMs) < LEAST_SKEW_MS ? 0 : Math.round(offsetMs / 1000) * 1000;
}

/**
 * When a URL is signed: by the store's clock. Without it a host app whose clock is a quarter of an hour off signs URLs that the store
 * refuses, although its own requests succeed.
 */
export function signingDate(client: Pick<S3Client, 'config'>): Date {
  return new Date(Date.now() + storeSkewMs(client));
}
