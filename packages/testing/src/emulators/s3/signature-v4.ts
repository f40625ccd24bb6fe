import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

/** Who may call, and the region that signatures are scoped to. */
export interface SigningIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With temporary credentials: must come along with every request. */
  readonly sessionToken?: string | undefined;
  readonly region: string;
  /** Default `s3`. */
  readonly service?: 'cloudfront' | undefined;
}

/** How a request was signed. */
export interface VerifiedRequest {
  /** `x-amz-content-sha256`; a hex digest must equal the body's. */
  readonly payloadHash: string;
  /** By query instead of a header. */
  readonly presigned: boolean;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_PRESIGNED_SECONDS = 604_800;
/** AWS refuses requests whose time is further off. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** `YYYYMMDDTHHMMSSZ` of an instant. */
export function amzDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

/** The signing key of a day and region (AWS General Reference, "Create a signed AWS API request", task 3). */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  return ['aws4_request'].reduce(
    (key, part) => hmac(key, part),
    [date, region, service].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`)),
  );
}

/**
 * Verifies header or query signature. Services other than S3 send no `x-amz-content-sha256`: give the body's own digest.
 * @throws {S3Error} as AWS would refuse
 */
export function verifySignature(
  request: IncomingMessage,
  identity: SigningIdentity,
  nowMs: number,
  bodySha256?: string,
): VerifiedRequest {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return verifyHeader(request, url, authorization, identity, bodySha256);
  if (url.searchParams.has('X-Amz-Signature')) return verifyQuery(request, url, identity, nowMs);
  throw new S3Error(403, 'AccessDenied', 'Access Denied');
}

function verifyHeader(
  request: IncomingMessage,
  url: URL,
  authorization: string,
  identity: SigningIdentity,
  bodySha256: string | undefined,
): VerifiedRequest {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  if (match === null) throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const date = header(request, 'x-amz-date');
  // SDKs sign by the computer's time, whatever clock a test has handed to the emulator.
  const skewMs = Math.abs(parseAmzDate(date) - Date.now());
  if (!(skewMs <= MAX_SKEW_MS)) {
    throw new S3Error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  checkToken(request.headers['x-amz-security-token'], identity);
  const payloadHash = header(request, 'x-amz-content-sha256') || (bodySha256 ?? 'UNSIGNED-PAYLOAD');
  compare(request, url, { credential, signedHeaders, signature, date, payloadHash }, identity);
  return { payloadHash, presigned: false };
}

function verifyQuery(request: IncomingMessage, url: URL, identity: SigningIdentity, nowMs: number): VerifiedRequest {
  const get = (name: string) => url.searchParams.get(name) ?? '';
  const date = get('X-Amz-Date');
  const expires = Number(get('X-Amz-Expires'));
  if (get('X-Amz-Algorithm') !== ALGORITHM || !(expires >= 1 && expires <= MAX_PRESIGNED_SECONDS)) {
    throw new S3Error(400, 'AuthorizationQueryParametersError', 'The query parameters of the signature are not valid.');
  }
  const begin = parseAmzDate(date);
  if (Number.isNaN(begin) || begin > nowMs + MAX_SKEW_MS)
    throw new S3Error(403, 'AccessDenied', 'Request is not yet valid');
  const credential = get('X-Amz-Credential');
  const signature = get('X-Amz-Signature');
  checkToken(url.searchParams.get('X-Amz-Security-Token') ?? undefined, identity);
  const signedHeaders = get('X-Amz-SignedHeaders');
  compare(request, url, { credential, signedHeaders, signature, date, payloadHash: 'UNSIGNED-PAYLOAD' }, identity);
  if (nowMs >= begin + expires * 1000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
  return { payloadHash: 'UNSIGNED-PAYLOAD', presigned: true };
}

function compare(
  request: IncomingMessage,
  url: URL,
  signed: {
    readonly credential: string;
    readonly signedHeaders: string;
    readonly signature: string;
    readonly date: string;
    readonly payloadHash: string;
  },
  identity: SigningIdentity,
): void {
  const scope = checkCredential(signed.credential, identity);
  const names = signed.signedHeaders.split(';');
  const unsigned = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !names.includes(name));
  if (!names.includes('host') || unsigned.length > 0) {
    throw new S3Error(
      403,
      'AccessDenied',
      `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    );
  }
  const canonicalRequest = [
    request.method ?? 'GET',
    canonicalPath(url),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${header(request, name).trim().replace(/ +/g, ' ')}`),
    '',
    signed.signedHeaders,
    signed.payloadHash,
  ].join('\n');
  const stringToSign = [ALGORITHM, signed.date, scope.text, sha256Hex(canonicalRequest)].join('\n');
  const expected = hmac(
    signingKey(identity.secretAccessKey, scope.date, identity.region, identity.service ?? 's3'),
    stringToSign,
  ).toString('hex');
  if (!signed.date.startsWith(scope.date) || !equal(expected, signed.signature)) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
}

/** Checks key id, region and service of a credential. @throws {S3Error} */
export function checkCredential(
  credential: string,
  identity: SigningIdentity,
): { readonly date: string; readonly text: string } {
  const [accessKeyId, date = '', region, service, end, ...rest] = credential.split('/');
  if (accessKeyId !== identity.accessKeyId) {
    throw new S3Error(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  if (
    region !== identity.region ||
    service !== (identity.service ?? 's3') ||
    end !== 'aws4_request' ||
    rest.length > 0 ||
    !/^\d{8}$/.test(date)
  ) {
    throw new S3Error(400, 'AuthorizationHeaderMalformed', `The credential is wrong; expecting '${identity.region}'.`, {
      Region: identity.region,
    });
  }
  return { date, text: `${date}/${region}/${service}/${end}` };
}

/** Temporary credentials need their token. @throws {S3Error} */
export function checkToken(token: string | readonly string[] | undefined, identity: SigningIdentity): void {
  if (token !== identity.sessionToken) {
    throw new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
}

/** Equal without telling where they differ. */
export function equal(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** HMAC-SHA-256. */
export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function canonicalPath(url: URL): string {
  return url.pathname
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/');
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature');
  return pairs
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function parseAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
