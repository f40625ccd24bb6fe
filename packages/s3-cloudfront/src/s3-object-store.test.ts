import { describeObjectStore } from '@videostorage/object-storage/testing';
import { describe, test } from 'vitest';
import { createStoreSubject } from '../test-support/store-subject.ts';

// A form, and one part, as a store without POST policies gets of every file. Two parts: `s3-object-store.full.test.ts`.
const multipartThresholdBytes = 100;
const sizes = [20, 100];

describeObjectStore({
  name: 'S3ObjectStore over the emulator',
  sizes,
  runner: { describe, test },
  create: () => createStoreSubject({ multipartThresholdBytes }),
});

describeObjectStore({
  name: 'S3ObjectStore over a bucket that keeps versions, below a prefix',
  sizes,
  runner: { describe, test },
  create: () => createStoreSubject({ versioned: true, keyPrefix: 'school/a/', multipartThresholdBytes }),
});
