import { describeVideoStorage } from '@videostorage/testing';
import { createEmulatedSubject } from '../test-support/subject.ts';

describeVideoStorage({
  name: 'S3CloudFrontStorage over the emulators',
  create: () => createEmulatedSubject(),
});

// T-A3: the same outcomes when the store accepts every form.
describeVideoStorage({
  name: 'S3CloudFrontStorage over a store that ignores the POST policy',
  create: () => createEmulatedSubject({}, { enforcePolicy: false }),
  only: ['mismatch/', 'confirm/sent-again', 'lifecycle/deleted-replay', 'references/late-sending'],
});
