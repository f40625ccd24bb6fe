import { describeVideoStorage } from '@videostorage/testing';
import { exceptions, exceptionsOfForms } from '../test-support/exceptions.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

// All cases in both ways: `cloudflare-stream-storage.full.test.ts`. What is left out here asks for hundreds of requests, is
// one fault of several that `api-faults.test.ts` plays as well, or is the rule of `BaseStorage`, which other backends' tests hold.
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
