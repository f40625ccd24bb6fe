import type { S3EmulatorOptions } from '@videostorage/emulators';
import { describeVideoStorage } from '@videostorage/testing';
import { describe, test } from 'vitest';
import { createEmulatedSubject } from '../test-support/subject.ts';
import type { StoreAbilities } from './store-abilities.ts';

interface Store {
  readonly name: string;
  /** Takes abilities away from the emulator. */
  readonly lacks: S3EmulatorOptions;
  /** What the host states of it. */
  readonly store: StoreAbilities;
  readonly exceptions?: Readonly<Record<string, string>>;
}

/** Each switch of the emulator that takes an ability away, with the option that states it. */
const stores: readonly Store[] = [
  {
    name: 'a store without POST policies',
    lacks: { withoutPostPolicies: true },
    store: { postPolicies: false },
    exceptions: {
      'maintenance/frees':
        'A listing of unfinished uploads in parts says nothing of their sizes, so the bytes that a sweep frees are not counted.',
    },
  },
  {
    name: 'a versioned bucket of a store without checksums on deletes',
    lacks: { withoutDeleteChecksums: true, versioned: true },
    store: { deleteChecksums: false },
  },
  {
    name: 'a store without create-if-absent',
    lacks: { withoutCreateIfAbsent: true },
    store: { createIfAbsent: false },
  },
  {
    name: 'a store like Ceph 16',
    lacks: { behavesLike: 'ceph-16' },
    store: {},
  },
  {
    name: 'a versioned bucket of a store like Ceph 16',
    lacks: { behavesLike: 'ceph-16', versioned: true },
    store: { createIfAbsent: false },
  },
];

for (const { name, lacks, store, exceptions } of stores) {
  describeVideoStorage({
    name: `S3CloudFrontStorage over ${name}`,
    create: () => createEmulatedSubject({ store }, lacks),
    exceptions,
    runner: { describe, test },
  });
}
