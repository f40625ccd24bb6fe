/** What is compared with a request's conditions. */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModifiedMs: number;
}

/** The result of a request's conditions: proceed, 304 or 412. */
export type Precondition = 'proceed' | 'not-modified' | 'failed';

/** Evaluates the conditional headers of GET and HEAD in the order of RFC 9110, section 13.2.2. */
export function evaluatePreconditions(headers: Headers, validators: Validators): Precondition {
  const ifMatch = headers.get('if-match');
  const ifUnmodifiedSince = headers.get('if-unmodified-since');
  if (ifMatch !== null) {
    if (!listsTag(ifMatch, validators.etag, 'strong')) return 'failed';
  } else if (ifUnmodifiedSince !== null && isModifiedSince(validators, ifUnmodifiedSince) === true) {
    return 'failed';
  }
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return listsTag(ifNoneMatch, validators.etag, 'weak') ? 'not-modified' : 'proceed';
  const ifModifiedSince = headers.get('if-modified-since');
  const isUnchanged = ifModifiedSince !== null && isModifiedSince(validators, ifModifiedSince) === false;
  return isUnchanged ? 'not-modified' : 'proceed';
}

/** Whether a `Range` still counts: there is no `If-Range`, or it names what is stored (RFC 9110, section 13.1.5). */
export function rangeStillFits(headers: Headers, { etag, lastModifiedMs }: Validators): boolean {
  const ifRange = headers.get('if-range')?.trim();
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"') || ifRange.startsWith('W/')) return ifRange === etag;
  return Date.parse(ifRange) === wholeSeconds(lastModifiedMs);
}

function listsTag(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.some((tag) => tag === etag || (comparison === 'weak' && tag === `W/${etag}`));
}

/** Undefined when the date cannot be read, and so does not count. */
function isModifiedSince({ lastModifiedMs }: Validators, date: string): boolean | undefined {
  const sinceMs = Date.parse(date);
  return Number.isNaN(sinceMs) ? undefined : wholeSeconds(lastModifiedMs) > sinceMs;
}

/** Dates in headers have no fractions of a second. */
function wholeSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000) * 1000;
}
