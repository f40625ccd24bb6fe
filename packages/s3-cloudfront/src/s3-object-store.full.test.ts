import { describeObjectStore } from '@videostorage/object-storage/testing';
import { describe, test } from 'vitest';
import { createStoreSubject } from '../test-support/store-subject.ts';

/** Two parts. */
const sizes = [6 * 1024 * 1024];

describeObjectStore({
  name: 'S3ObjectStore over the emulator',
  sizes,
  runner: { describe, test },
  create: () => createStoreSubject(),
});

describeObjectStore({
  name: 'S3ObjectStore over a bucket that keeps versions, below a prefix',
  sizes,
  runner: { describe, test },
  create: () => createStoreSubject({ versioned: true, keyPrefix: 'school/a/' }),
});
