/** S3 bills two kinds; deletes are free (Amazon S3 pricing, "Requests & data retrievals"). */
export interface BilledRequests {
  /** PUT, COPY, POST and all lists. */
  readonly writes: number;
  /** GET and the rest. */
  readonly reads: number;
}

/** An upload by one form, until it is confirmed: the form, two copies, claim and record; each read of its bytes is one more read. */
export const FORM_UPLOAD: BilledRequests = { writes: 5, reads: 5 };
/** An upload in parts, beside the parts themselves: its beginning and end, two lists of parts, claim and record. */
export const UPLOAD_IN_PARTS: BilledRequests = { writes: 6, reads: 5 };
/** A delete with a distribution: the call that begins the invalidation, and the one that finds it completed. */
export const DELETION: BilledRequests = { writes: 5, reads: 4 };
/** A delete without a distribution, which one call completes. */
export const DELETION_WITHOUT_EDGES: BilledRequests = { writes: 4, reads: 2 };
