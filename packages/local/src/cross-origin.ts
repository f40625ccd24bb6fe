/** What pages of other origins may do and see. */
export interface CrossOriginRules {
  /** Undefined = any. */
  readonly allowedOrigins: readonly string[] | undefined;
}

const EXPOSED_HEADERS = [
  ...['Accept-Ranges', 'Content-Disposition', 'Content-Length', 'Content-Range', 'ETag', 'Last-Modified'],
  ...['Tus-Extension', 'Tus-Resumable', 'Tus-Version', 'Upload-Expires', 'Upload-Length', 'Upload-Offset'],
].join(', ');
const ALLOWED_HEADERS = [
  ...['Content-Type', 'If-Match', 'If-Modified-Since', 'If-None-Match', 'If-Range', 'Range'],
  ...['Tus-Resumable', 'Upload-Offset', 'X-HTTP-Method-Override', 'X-Requested-With', 'X-Request-ID'],
].join(', ');
const MAX_AGE_SECONDS = 86_400;

/**
 * Adds the headers that a browser requires before it lets a page of another origin read the answer (Fetch standard, CORS
 * protocol).
 */
export function allowOrigin(headers: Headers, request: Request, { allowedOrigins }: CrossOriginRules): void {
  const origin = request.headers.get('origin');
  if (allowedOrigins !== undefined) headers.append('Vary', 'Origin');
  const allowed = allowedOrigins === undefined ? '*' : allowedOrigins.find((candidate) => candidate === origin);
  // A page of an origin that is not allowed gets the answer without these headers.
  for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']) headers.delete(name);
  if (allowed === undefined) return;
  headers.set('Access-Control-Allow-Origin', allowed);
  headers.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

/** Adds the headers that answer a preflight request. */
export function describePreflight(headers: Headers, methods: string): void {
  headers.set('Access-Control-Allow-Methods', methods);
  headers.set('Access-Control-Allow-Headers', ALLOWED_HEADERS);
  headers.set('Access-Control-Max-Age', String(MAX_AGE_SECONDS));
}
