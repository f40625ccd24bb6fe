import { answers } from './answers.ts';
import { confirm } from './confirm.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { deadlines } from './deadlines.ts';
import { faults } from './faults.ts';
import { lifecycle } from './lifecycle.ts';
import { listing } from './listing.ts';
import { maintenance } from './maintenance.ts';
import { mismatch } from './mismatch.ts';
import { multipart } from './multipart.ts';
import { playback } from './playback.ts';
import { references } from './references.ts';
import { removal } from './removal.ts';
import { requests } from './requests.ts';
import { roundTrip } from './round-trip.ts';
import { secrecy } from './secrecy.ts';
import { webhooks } from './webhooks.ts';

/** All cases, in the order in which they are best read. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...roundTrip,
  ...answers,
  ...mismatch,
  ...references,
  ...confirm,
  ...lifecycle,
  ...removal,
  ...listing,
  ...playback,
  ...requests,
  ...faults,
  ...deadlines,
  ...secrecy,
  ...multipart,
  ...webhooks,
  ...maintenance,
];
