import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { createEmulatedSubject } from '../test-support/subject.ts';

describeVideoStorage({
  name: 'S3CloudFrontStorage over the emulators',
  create: () => createEmulatedSubject(),
  runner: { describe, test },
  exceptions: { 'list/newest-first': 'S3 lists by key, and ids are random; a record store sorts by time.' },
});
