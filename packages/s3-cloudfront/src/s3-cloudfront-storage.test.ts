import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { PENDING_EXCEPTIONS } from '../test-support/exceptions.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

describeVideoStorage({
  name: 'S3CloudFrontStorage over the emulators',
  create: () => createEmulatedSubject(),
  runner: { describe, test },
  exceptions: PENDING_EXCEPTIONS,
});

// T-A3: the same outcomes when the store takes whatever it is sent.
describeVideoStorage({
  name: 'S3CloudFrontStorage over a store that ignores the POST policy',
  create: () => createEmulatedSubject({}, { enforcePolicy: false }),
  runner: { describe, test },
  exceptions: {
    ...PENDING_EXCEPTIONS,
    'lifecycle/refusal-repeated': 'the bucket keeps no record of what was refused',
  },
});
