import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { createEmulatedSubject } from '../test-support/subject.ts';

const exceptions = {
  'round-trip/same-upload-id': 'The one-time URL of an upload cannot be read again, so a repeated mint is a new video.',
  'mismatch/type': 'Stream takes every kind of video and encodes it anew; it does not tell what was sent.',
};

describeVideoStorage({
  name: 'CloudflareStreamStorage by one form',
  create: () => createEmulatedSubject(),
  runner: { describe, test },
  exceptions,
});

describeVideoStorage({
  name: 'CloudflareStreamStorage by tus',
  create: () => createEmulatedSubject({ basicUploadMaxBytes: 0 }),
  runner: { describe, test },
  exceptions,
});
