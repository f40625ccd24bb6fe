/**
 * What an S3-compatible store lacks or does differently. By default the emulator does what Amazon S3 does; each switch
 * removes one capability, so that a client can be tested with stores that lack it.
 */
export interface StoreAbilities {
  /** True: a form is answered with 501 `NotImplemented`, as Cloudflare R2 does. Default false. */
  readonly withoutPostPolicies?: boolean;
  /** True: `DeleteObjects` refuses the headers `x-amz-checksum-…` with 501 and accepts only `Content-MD5`. Default false. */
  readonly withoutDeleteChecksums?: boolean;
  /** True: `If-None-Match` of a PUT, a copy or a completed upload is answered with 501. Default false. */
  readonly withoutCreateIfAbsent?: boolean;
  /** True: `x-amz-mp-object-size` of a completed upload is answered with 501. Default false. */
  readonly withoutObjectSize?: boolean;
  /**
   * `ceph-16`: behaves as Ceph's gateway 16.2.15 was observed to behave. A copy and a completed upload ignore all
   * conditions; create-if-absent is ignored on versioned buckets; `If-Match` of a PUT holds only without quotes, of a
   * DELETE never counts; checksums are accepted and ignored; a completed upload answers with an empty ETag, and once
   * more when it is completed again; a form answers without `ETag` and `Location` headers, with a bare ETag in its XML,
   * and a forged signature is `AccessDenied`; messages are empty. Default `amazon-s3`.
   */
  readonly behavesLike?: 'amazon-s3' | 'ceph-16';
}

/** Whether a store behaves like Ceph's gateway. */
export function isCeph(abilities: StoreAbilities): boolean {
  return abilities.behavesLike === 'ceph-16';
}
