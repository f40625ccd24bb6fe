import { S3Error } from './s3-error.ts';

/** Path and query of a request as they were sent: unlike `URL`, S3 resolves neither `.` nor `..`, in whatever spelling. */
export interface RequestTarget {
  /** Begins with `/`; still percent-encoded. */
  readonly path: string;
  /** The parts of the path between its slashes, decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Reads the target of a request line. @throws {S3Error} 400 `InvalidURI` when an escape is malformed */
export function parseRequestTarget(target: string | undefined): RequestTarget {
  // A proxy's absolute form (RFC 9112, section 3.2.2) names the server once more.
  const relative = (target ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const mark = relative.indexOf('?');
  const rawPath = mark < 0 ? relative : relative.slice(0, mark);
  const path = rawPath.startsWith('/') ? rawPath : `/${rawPath}`;
  const query = new URLSearchParams(mark < 0 ? '' : relative.slice(mark + 1));
  return { path, segments: path.split('/').slice(1).map(decodePart), query };
}

/** A path in the form of Signature Version 4 for S3: each part encoded once. */
export function canonicalPath(segments: readonly string[]): string {
  return `/${segments.map(encodeStrictly).join('/')}`;
}

/** Percent-encodes all but RFC 3986's unreserved characters. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A percent-encoded part of a path. @throws {S3Error} 400 `InvalidURI` when an escape is malformed */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}
