import type { S3EmulatorOptions } from '@videostorage/emulators';
import { describeVideoStorage } from '@videostorage/testing';
import { createEmulatedSubject } from '../test-support/subject.ts';
import type { StoreAbilities } from './store-abilities.ts';

interface Store {
  readonly name: string;
  /** Options that take abilities away from the emulator. */
  readonly lacks: S3EmulatorOptions;
  /** Prefixes of the names of the cases that this can change. */
  readonly cases: readonly string[];
  /** What the host app declares about the store. */
  readonly store: StoreAbilities;
  readonly exceptions?: Readonly<Record<string, string>>;
}

// The cases that these options can change: how bytes arrive, how they are confirmed, and how they are deleted.
// `s3-cloudfront-storage.full.test.ts` runs all cases.
const arriving = ['round-trip/', 'mismatch/', 'multipart/'];
const deciding = [
  'confirm/',
  'abort/',
  'lifecycle/',
  'references/replayed',
  'references/late-',
  'fault/reset/',
  'maintenance/',
];
const going = ['delete/', 'lifecycle/', 'maintenance/'];

/** Each option of the emulator that takes an ability away, with the option of the storage that declares it. */
const stores: readonly Store[] = [
  {
    name: 'a store without POST policies',
    lacks: { withoutPostPolicies: true },
    cases: [...arriving, ...deciding],
    store: { postPolicies: false },
    exceptions: {
      'maintenance/frees':
        'A listing of unfinished uploads in parts says nothing of their sizes, so the bytes that a sweep frees are not counted.',
    },
  },
  {
    name: 'a versioned bucket of a store without checksums on deletes',
    lacks: { withoutDeleteChecksums: true, versioned: true },
    cases: going,
    store: { deleteChecksums: false },
  },
  {
    name: 'a store without create-if-absent, and without a size for a complete',
    lacks: { withoutCreateIfAbsent: true, withoutObjectSize: true },
    cases: deciding,
    store: { createIfAbsent: false },
  },
  {
    name: 'a store like Ceph 16',
    lacks: { behavesLike: 'ceph-16' },
    cases: [...arriving, ...deciding],
    store: {},
  },
  {
    name: 'a versioned bucket of a store like Ceph 16',
    lacks: { behavesLike: 'ceph-16', versioned: true },
    cases: [...deciding, ...going],
    store: { createIfAbsent: false },
  },
];

for (const { name, lacks, cases, store, exceptions } of stores) {
  describeVideoStorage({
    name: `S3CloudFrontStorage over ${name}`,
    create: () => createEmulatedSubject({ store }, lacks),
    exceptions,
    only: cases,
  });
}
