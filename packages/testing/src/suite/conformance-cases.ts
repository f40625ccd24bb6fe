import { confirm } from './confirm.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { faults } from './faults.ts';
import { mismatch } from './mismatch.ts';
import { multipart } from './multipart.ts';
import { reading } from './reading.ts';
import { references } from './references.ts';
import { roundTrip } from './round-trip.ts';
import { webhooks } from './webhooks.ts';

/** All promises of the port, in the order in which they are best read. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...roundTrip,
  ...mismatch,
  ...references,
  ...confirm,
  ...reading,
  ...faults,
  ...multipart,
  ...webhooks,
];
