/** A refusal in the form of S3: HTTP status, code, message, further elements of the XML body. */
export class S3Error extends Error {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `<Code>` of the body. */
  readonly code: string;
  /** Further elements, for instance `MaxSizeAllowed`. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** The error 403 for a form that breaks its policy (Amazon S3 API Reference, "POST Object"). */
export function policyRefusal(reason: string): S3Error {
  return new S3Error(403, 'AccessDenied', `Invalid according to Policy: ${reason}`);
}

/** Keys have at most 1 024 bytes of UTF-8. @throws {S3Error} 400 `KeyTooLongError` */
export function refuseLongKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes <= 1024) return;
  throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', { Size: sizeBytes, MaxSizeAllowed: 1024 });
}

/** The error 404 for a missing object. */
export function noSuchKey(key: string): S3Error {
  return new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

/** The error 412 for a condition that is not met. */
export function preconditionFailed(condition: string): S3Error {
  return new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });
}

/** The error 501 for a header that this store does not implement. */
export function headerNotImplemented(header: string): S3Error {
  return new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
    Header: header,
  });
}
