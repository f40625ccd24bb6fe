import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { someCases } from '../test-support/some-cases.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

describeVideoStorage({
  name: 'S3CloudFrontStorage over the emulators',
  create: () => createEmulatedSubject(),
  runner: { describe, test },
});

// T-A3: the same outcomes when the store takes whatever it is sent.
describeVideoStorage({
  name: 'S3CloudFrontStorage over a store that ignores the POST policy',
  create: () => createEmulatedSubject({}, { enforcePolicy: false }),
  runner: someCases('mismatch/', 'confirm/sent-again', 'lifecycle/deleted-replay', 'references/late-sending'),
});
