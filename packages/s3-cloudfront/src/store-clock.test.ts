import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, expect, test, vi } from 'vitest';
import { signingDate, storeSkewMs } from './store-clock.ts';

afterEach(() => vi.useRealTimers());

test.each([
  [0, 0],
  // The time in an answer has whole seconds, and the answer was on its way for a while.
  [-700, 0],
  [-59_999, 0],
  [59_999, 0],
  [-60_000, -60_000],
  [60_000, 60_000],
  [3_600_400, 3_600_000],
  [-3_600_600, -3_601_000],
])('an offset of %i ms that the SDK has learned counts as %i', (offsetMs, skewMs) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T00:00:00Z') });
  const client = new S3Client({ region: 'eu-central-1' });
  client.config.systemClockOffset = offsetMs;
  expect(storeSkewMs(client)).toBe(skewMs);
  expect(signingDate(client).getTime()).toBe(Date.parse('2030-01-01T00:00:00Z') + skewMs);
  client.destroy();
});
