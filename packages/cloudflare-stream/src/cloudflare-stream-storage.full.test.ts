import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { exceptions, exceptionsOfForms } from '../test-support/exceptions.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

describeVideoStorage({
  name: 'CloudflareStreamStorage by one form',
  create: () => createEmulatedSubject(),
  runner: { describe, test },
  exceptions: exceptionsOfForms,
});

describeVideoStorage({
  name: 'CloudflareStreamStorage by tus',
  create: () => createEmulatedSubject({ basicUploadMaxBytes: 0 }),
  runner: { describe, test },
  exceptions,
});
