import { describeVideoStorage } from '@videostorage/testing';
import { exceptions, exceptionsOfForms } from '../test-support/exceptions.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

// `cloudflare-stream-storage.full.test.ts` runs all cases for forms and for tus. A case is left out here when it makes hundreds
// of requests, when it is one of the faults that `api-faults.test.ts` simulates too, or when it tests `BaseStorage`, which the
// tests of other backends cover.
describeVideoStorage({
  name: 'CloudflareStreamStorage by one form',
  create: () => createEmulatedSubject(),
  except: [
    'lifecycle/confirm-beside-',
    'list/changes-between',
    'references/own-upload',
    'fault/server-error/',
    'fault/throttled/',
    'list/each-video',
    'round-trip/own-bytes',
    'references/rewritten',
    'references/no-user',
  ],
  exceptions: exceptionsOfForms,
});

// Only creating and sending differ from a form.
const ofSending = [
  'round-trip/ticket',
  'round-trip/plays',
  'round-trip/metadata',
  'round-trip/same-upload-id',
  'mismatch/',
  'confirm/too-early',
  'confirm/sent-again',
  'abort/',
  'references/late-',
  'lifecycle/unconfirmed',
  'lifecycle/abort-decided',
  'lifecycle/deleted-replay',
  'lifecycle/refusal-repeated',
  'lifecycle/no-context',
  'delete/pending',
  'fault/reset/create',
  'fault/hang/create',
  'fault/bad-response/create',
  'secrets/answers',
];

describeVideoStorage({
  name: 'CloudflareStreamStorage by tus',
  create: () => createEmulatedSubject({ basicUploadMaxBytes: 0 }),
  only: ofSending,
  exceptions,
});
