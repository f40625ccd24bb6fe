import { describeObjectStore } from '@videostorage/object-storage/testing';
import { describe, test } from 'vitest';
import { createStoreSubject } from '../test-support/store-subject.ts';

const MEBIBYTE = 1024 * 1024;

describeObjectStore({
  name: 'S3ObjectStore over the emulator',
  sizes: [20, 6 * MEBIBYTE],
  runner: { describe, test },
  create: () => createStoreSubject(),
});

describeObjectStore({
  name: 'S3ObjectStore over a bucket that keeps versions, below a prefix',
  sizes: [20, 6 * MEBIBYTE],
  runner: { describe, test },
  create: () => createStoreSubject({ versioned: true, keyPrefix: 'school/a/' }),
});

// S22: a store without POST policies.
describeObjectStore({
  name: 'S3ObjectStore with every upload in parts',
  sizes: [20],
  runner: { describe, test },
  create: () => createStoreSubject({ multipartThresholdBytes: 1 }),
});
