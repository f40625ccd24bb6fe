import { describeVideoStorage } from '@videostorage/testing';
import { createEmulatedSubject } from '../test-support/subject.ts';

// All cases: `s3-cloudfront-storage.full.test.ts`. What is left out here asks the template for hundreds of requests (those of
// object-storage and local hold it in their unit tests too), is one fault of several that `fault-matrix.full.test.ts` plays as well, or
// runs over the bucket whose requesters pay (`bucket-options.test.ts`).
describeVideoStorage({
  name: 'S3CloudFrontStorage over the emulators',
  create: () => createEmulatedSubject(),
  except: [
    'confirm/parallel',
    'multipart/parallel',
    'lifecycle/confirm-beside-',
    'list/changes-between',
    'list/each-video',
    'list/agrees',
    'round-trip/own-bytes',
    'round-trip/own-video',
    'references/own-upload',
    'references/rewritten',
    'references/no-user',
    'abort-signal/left-alone',
    'multipart/faults',
    'maintenance/keeps-young',
    'fault/server-error/',
    'fault/throttled/',
    'fault/bad-response/',
    'fault/reset/always',
    'list/pages',
    'list/same-instant',
    'delete/gone',
    'delete/only-that',
    'abort/only-that',
    'multipart/abort',
  ],
});

// T-A3: the same outcomes when the store takes whatever it is sent.
describeVideoStorage({
  name: 'S3CloudFrontStorage over a store that ignores the POST policy',
  create: () => createEmulatedSubject({}, { enforcePolicy: false }),
  only: ['mismatch/larger', 'mismatch/type', 'references/late-sending'],
});
