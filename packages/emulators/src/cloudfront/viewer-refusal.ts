/** A refusal that CloudFront sends to viewers, in XML. */
export class ViewerRefusal extends Error {
  /** `<Code>` of the XML body. */
  readonly code: 'AccessDenied' | 'MissingKey' | 'MalformedPolicy' | 'InvalidKey' | 'URITooLong';
  /** HTTP status. */
  readonly status: 403 | 414;

  constructor(code: ViewerRefusal['code'], message: string, status: ViewerRefusal['status'] = 403) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** For a grant that does not open this URL, or not now, or not to this viewer. */
export function denied(): ViewerRefusal {
  return new ViewerRefusal('AccessDenied', 'Access denied');
}

/** For a malformed policy. */
export function malformedPolicy(): ViewerRefusal {
  return new ViewerRefusal('MalformedPolicy', 'Malformed Policy');
}
