import { vi } from 'vitest';
import {
  describeExpiredTicket,
  describeResumption,
  describeRetries,
  KINDS_OF_FAULTS,
} from '../test-support/backend-suites.ts';

vi.setConfig({ testTimeout: 60_000 });

// Each protocol once; the other backends are in `backends.full.test.ts`.
for (const name of ['local', 's3-parts'] as const) {
  describeResumption(name);
  describeExpiredTicket(name);
}
describeExpiredTicket('s3-form');
for (const name of ['s3-parts', 'stream-tus'] as const) describeRetries(name, KINDS_OF_FAULTS);
