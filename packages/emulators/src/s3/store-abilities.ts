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
   * conditions. Create-if-absent is ignored on versioned buckets. `If-Match` works with PUT only without quotes, and is
   * ignored with DELETE. Checksums are accepted and ignored. A completed upload is answered with an empty ETag, and
   * completing it again succeeds. A form is answered without `ETag` and `Location` headers, and with an unquoted ETag in
   * the XML. A forged signature is `AccessDenied`. Messages are empty. Default `amazon-s3`.
   */
  readonly behavesLike?: 'amazon-s3' | 'ceph-16';
}

/** Whether a store behaves like Ceph's gateway. */
export function isCeph(abilities: StoreAbilities): boolean {
  return abilities.behavesLike === 'ceph-16';
}
