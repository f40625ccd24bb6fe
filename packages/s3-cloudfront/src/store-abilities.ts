import { ConfigurationError } from '@videostorage/core';
import { adviceOn } from './aws-advice.ts';
import { AwsError } from './aws-error.ts';

/** Capabilities of S3 that some S3-compatible stores lack. Amazon S3 has all of them. Nothing is inferred from a store's name. */
export interface StoreAbilities {
  /**
   * False: the store accepts no POST forms (Cloudflare R2, Backblaze B2), so every upload is sent in parts. Default true.
   * If that is wrong, `confirmUpload` finds that the form never arrived, and its error names this setting.
   */
  readonly postPolicies?: boolean | undefined;
  /** False: the store refuses the checksum of `DeleteObjects`, so keys are deleted one by one. Default true. */
  readonly deleteChecksums?: boolean | undefined;
  /**
   * False: the store has no atomic create: it refuses or ignores `If-None-Match: *` with PUT (Ceph 16 ignores it on
   * versioned buckets). This package then creates each of its JSON documents by a read and a write, one at a time within
   * this storage, so only one process may confirm, cancel, delete and sweep in the bucket. Default true: the first create
   * of a process checks that the store has it.
   */
  readonly createIfAbsent?: boolean | undefined;
}

/** The message for each ability: what the store lacks, and what to set. */
const LACKS: Readonly<Record<keyof StoreAbilities, string>> = {
  postPolicies:
    'The store accepts no POST forms: set `store: { postPolicies: false }`, so that every upload is sent in parts.',
  deleteChecksums:
    'The store does not accept the checksum of DeleteObjects: set `store: { deleteChecksums: false }`, so that keys are deleted one by one.',
  createIfAbsent:
    'The store does not create an object only if it is absent: set `store: { createIfAbsent: false }`, and let one process alone confirm, cancel, delete and sweep.',
};

/** Adds what to set to a refusal that shows a missing ability; returns every other error unchanged. */
export function namingLack(ability: keyof StoreAbilities, error: unknown): unknown {
  if (!(error instanceof AwsError) || error.code !== 'BACKEND_REFUSED') return error;
  const { providerCode, status, providerRequestId, attempts } = error;
  // Some stores answer 400 to a list of keys without Content-MD5: they do not know the newer checksum headers. A code that has
  // advice of its own, such as that of expired credentials, says something else.
  const isUnexplained = adviceOn({ name: providerCode, status, systemCode: '', bucketRegion: undefined }) === undefined;
  const isLack = status === 501 || (ability === 'deleteChecksums' && status === 400 && isUnexplained);
  if (!isLack) return error;
  return new AwsError(error.service, error.code, providerCode, { status, providerRequestId, attempts }, LACKS[ability]);
}

/** The error for a store that shows without a refusal that it lacks the ability. */
export function lackOf(ability: keyof StoreAbilities): ConfigurationError {
  return new ConfigurationError(LACKS[ability]);
}
