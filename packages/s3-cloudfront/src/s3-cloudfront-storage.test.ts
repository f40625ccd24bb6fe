import { describeVideoStorage } from '@videostorage/testing';
import { createEmulatedSubject } from '../test-support/subject.ts';

// `s3-cloudfront-storage.full.test.ts` runs all cases. A case is left out here when it makes hundreds of requests (the unit
// tests of object-storage and local cover those), when it is one of the faults that `fault-matrix.full.test.ts` simulates too,
// or when it runs over the bucket whose requesters pay (`bucket-options.test.ts`).
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

// T-A3: the same outcomes when the store accepts every form.
describeVideoStorage({
  name: 'S3CloudFrontStorage over a store that ignores the POST policy',
  create: () => createEmulatedSubject({}, { enforcePolicy: false }),
  only: ['mismatch/larger', 'mismatch/type', 'references/late-sending'],
});
