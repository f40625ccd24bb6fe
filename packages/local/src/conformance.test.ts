import { describeVideoStorage } from '@videostorage/testing';
import { createSubject } from '../test-support/conformance-subject.ts';

// `conformance.full.test.ts` runs all cases. A case is left out here when it makes hundreds of requests (the unit tests of
// object-storage cover those), when it is one of the faults that `failing-disk.test.ts` simulates too, or when
// `local-storage.test.ts` covers it.
describeVideoStorage({
  name: 'LocalStorage',
  create: createSubject,
  except: [
    'lifecycle/confirm-beside-',
    'list/changes-between',
    'list/each-video',
    'list/agrees',
    'round-trip/own-bytes',
    'references/own-upload',
    'references/rewritten',
    'references/no-user',
    'fault/server-error/',
    'fault/throttled/',
    'fault/bad-response/',
    'confirm/parallel',
  ],
});
