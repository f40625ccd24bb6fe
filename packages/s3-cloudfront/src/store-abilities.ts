import { ConfigurationError } from '@videostorage/core';
import { AwsError } from './aws-error.ts';

/** What a store can do beside the plain operations of S3. Amazon's S3 can all of it; nothing is guessed from a store's name. */
export interface StoreAbilities {
  /**
   * False: the store takes no POST forms, as Cloudflare R2 and Backblaze B2 do not, so every upload comes in parts. Default true; a
   * form that never arrived because of it is reported by `confirmUpload`.
   */
  readonly postPolicies?: boolean | undefined;
  /** False: the store refuses the checksum of `DeleteObjects`, so keys are deleted one by one. Default true. */
  readonly deleteChecksums?: boolean | undefined;
  /**
   * False: the store has no atomic create (`If-None-Match: *` with PUT is refused or ignored; Ceph 16 ignores it on versioned
   * buckets), so documents are created by looking and writing, one after the other within this storage. Only one process may then
   * confirm, cancel and delete uploads of a bucket. Default true; the first create of a process tries it.
   */
  readonly createIfAbsent?: boolean | undefined;
}

/** What is missing, and what is to be set, by ability. */
const LACKS: Readonly<Record<keyof StoreAbilities, string>> = {
  postPolicies:
    'The store takes no POST forms: set `store: { postPolicies: false }`, so that every upload comes in parts.',
  deleteChecksums:
    'The store does not take the checksum of DeleteObjects: set `store: { deleteChecksums: false }`, so that keys are deleted one by one.',
  createIfAbsent:
    'The store does not create an object only if it is absent: set `store: { createIfAbsent: false }`, and let one process alone confirm, cancel and delete.',
};

/** A refusal of a request that needs the ability says what to set; every other error stays as it is. */
export function namingLack(ability: keyof StoreAbilities, error: unknown): unknown {
  if (!(error instanceof AwsError) || error.code !== 'BACKEND_REFUSED') return error;
  // Some say 400 to a list of keys without Content-MD5, since to them it has no checksum at all.
  const isLack = error.status === 501 || (ability === 'deleteChecksums' && error.status === 400);
  if (!isLack) return error;
  const { vendorCode, status, providerRequestId, attempts } = error;
  return new AwsError(error.service, error.code, vendorCode, { status, providerRequestId, attempts }, LACKS[ability]);
}

/** The store showed without a refusal that it lacks the ability. */
export function lackOf(ability: keyof StoreAbilities): ConfigurationError {
  return new ConfigurationError(LACKS[ability]);
}
