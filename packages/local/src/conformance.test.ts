import { describeVideoStorage } from '@videostorage/testing';
import { createSubject } from '../test-support/conformance-subject.ts';

// All cases: `conformance.full.test.ts`. What is left out here asks the template for hundreds of requests (those of object-storage
// hold it in their unit tests too), is one fault of several that `failing-disk.test.ts` plays as well, or stands in `local-storage.test.ts`.
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
