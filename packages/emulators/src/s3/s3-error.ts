/** A refusal as S3 says it: HTTP status, code, message, further elements of the XML body. */
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

/** 403 of a POST whose form breaks its policy (Amazon S3 API Reference, "POST Object"). */
export function policyRefusal(reason: string): S3Error {
  return new S3Error(403, 'AccessDenied', `Invalid according to Policy: ${reason}`);
}

/** Keys have at most 1 024 bytes of UTF-8. @throws {S3Error} 400 `KeyTooLongError` */
export function refuseLongKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes <= 1024) return;
  throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', { Size: sizeBytes, MaxSizeAllowed: 1024 });
}

/** 404 of an object that is not there. */
export function noSuchKey(key: string): S3Error {
  return new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

/** 412 of a condition that does not hold. */
export function preconditionFailed(condition: string): S3Error {
  return new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });
}

/** 501 of a header that this store does not know. */
export function headerNotImplemented(header: string): S3Error {
  return new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
    Header: header,
  });
}
