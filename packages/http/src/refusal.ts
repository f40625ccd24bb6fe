import type { HttpErrorCode, Problem } from '@videostorage/core';

const MESSAGES: Readonly<Record<Exclude<HttpErrorCode, 'INTERNAL'>, string>> = {
  NOT_FOUND: 'There is nothing here.',
  METHOD_NOT_ALLOWED: 'This method is not allowed here.',
  REQUEST_TIMEOUT: 'The request took too long to arrive; please try again.',
  BODY_TOO_LARGE: 'The request is too large.',
  HEADERS_TOO_LARGE: 'The headers of the request are too large.',
  UNSUPPORTED_MEDIA_TYPE: 'The body must be sent as application/json, uncompressed.',
  BODY_INVALID: 'The request is not readable.',
  ORIGIN_REFUSED: 'Pages of this origin may not do this.',
};

/** Members that a refusal may have in addition to its code. */
export interface RefusalDetails {
  /** All problems of the input. */
  readonly problems?: readonly Problem[] | undefined;
  /** Methods for the header `Allow`. */
  readonly allow?: string | undefined;
}

/** A refusal of the HTTP layer itself: thrown on the way to the service, answered like its errors. */
export class Refusal extends Error {
  /** Stable code: branch on it, not on the message. */
  readonly code: Exclude<HttpErrorCode, 'INTERNAL'>;
  /** Problems and allowed methods. */
  readonly details: RefusalDetails;

  constructor(code: Exclude<HttpErrorCode, 'INTERNAL'>, details: RefusalDetails = {}) {
    super(MESSAGES[code]);
    this.code = code;
    this.details = details;
  }
}
