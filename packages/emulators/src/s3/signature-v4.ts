import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { canonicalPath, encodeStrictly, parseRequestTarget, type RequestTarget } from './request-target.ts';
import { S3Error } from './s3-error.ts';
import {
  ALGORITHM,
  checkCredential,
  checkToken,
  equal,
  hmac,
  parseAmzDate,
  type SigningIdentity,
  signatureDoesNotMatch,
  signingKey,
} from './signing-scope.ts';

/** How a request was signed. */
export interface VerifiedRequest {
  /** `x-amz-content-sha256`; a hex digest must equal the body's. */
  readonly payloadHash: string;
}

interface Signed {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly payloadHash: string;
}

const MAX_PRESIGNED_SECONDS = 604_800;
/** AWS refuses requests whose time differs by more. */
const MAX_SKEW_MS = 15 * 60 * 1000;
const PAYLOAD_HASH = /^([0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/;

/**
 * Verifies header or query signature. Services other than S3 do not use `x-amz-content-sha256`: pass the digest of the body
 * that arrived.
 * @throws {S3Error} as AWS would refuse
 */
export function verifySignature(
  request: IncomingMessage,
  identity: SigningIdentity,
  nowMs: number,
  bodySha256?: string,
): VerifiedRequest {
  const target = parseRequestTarget(request.url);
  const { authorization } = request.headers;
  const isPresigned = target.query.has('X-Amz-Signature') || target.query.has('X-Amz-Algorithm');
  if (authorization !== undefined && isPresigned)
    throw new S3Error(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  if (authorization !== undefined) return verifyHeader(request, target, authorization, identity, nowMs, bodySha256);
  if (isPresigned) return verifyQuery(request, target, identity, nowMs);
  throw new S3Error(403, 'AccessDenied', 'Access Denied');
}

function verifyHeader(
  request: IncomingMessage,
  target: RequestTarget,
  authorization: string,
  identity: SigningIdentity,
  nowMs: number,
  bodySha256: string | undefined,
): VerifiedRequest {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw new S3Error(
      400,
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  const match = / Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(authorization);
  if (match === null) throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const date = header(request, 'x-amz-date');
  // SDKs sign by the computer's time, whatever clock a test has injected into the emulator.
  const skewMs = Math.abs(parseAmzDate(date) - Date.now());
  if (!(skewMs <= MAX_SKEW_MS)) {
    throw new S3Error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  checkToken(request.headers['x-amz-security-token'], identity, nowMs);
  const payloadHash = bodySha256 ?? header(request, 'x-amz-content-sha256');
  if (payloadHash === '')
    throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  if (!PAYLOAD_HASH.test(payloadHash)) {
    throw new S3Error(
      400,
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-…, or a valid sha256 value.',
    );
  }
  compare(request, target, { credential, signedHeaders, signature, date, payloadHash }, identity);
  return { payloadHash };
}

function verifyQuery(
  request: IncomingMessage,
  target: RequestTarget,
  identity: SigningIdentity,
  nowMs: number,
): VerifiedRequest {
  const get = (name: string) => target.query.get(name) ?? '';
  const date = get('X-Amz-Date');
  const expires = /^\d{1,6}$/.test(get('X-Amz-Expires')) ? Number(get('X-Amz-Expires')) : 0;
  const begin = parseAmzDate(date);
  const isWhole = get('X-Amz-Algorithm') === ALGORITHM && !Number.isNaN(begin) && get('X-Amz-Signature') !== '';
  if (!isWhole || !(expires >= 1 && expires <= MAX_PRESIGNED_SECONDS)) {
    throw new S3Error(400, 'AuthorizationQueryParametersError', 'The query parameters of the signature are not valid.');
  }
  if (begin > nowMs + MAX_SKEW_MS) throw new S3Error(403, 'AccessDenied', 'Request is not yet valid');
  const signed = {
    credential: get('X-Amz-Credential'),
    signedHeaders: get('X-Amz-SignedHeaders'),
    signature: get('X-Amz-Signature'),
    date,
    payloadHash: 'UNSIGNED-PAYLOAD',
  };
  checkToken(target.query.get('X-Amz-Security-Token') ?? undefined, identity, nowMs);
  compare(request, target, signed, identity);
  if (nowMs >= begin + expires * 1000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
  return { payloadHash: signed.payloadHash };
}

function compare(request: IncomingMessage, target: RequestTarget, signed: Signed, identity: SigningIdentity): void {
  const scope = checkCredential(signed.credential, identity);
  const names = signed.signedHeaders.split(';');
  const unsigned = Object.keys(request.headers).filter(
    (name) => (name.startsWith('x-amz-') || name === 'host') && !names.includes(name),
  );
  if (unsigned.length > 0) {
    throw new S3Error(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    });
  }
  const canonicalRequest = [
    request.method ?? 'GET',
    canonicalPath(target.segments),
    canonicalQuery(target.query),
    ...names.map((name) => `${name}:${header(request, name).trim().replace(/ +/g, ' ')}`),
    '',
    signed.signedHeaders,
    signed.payloadHash,
  ].join('\n');
  const stringToSign = [ALGORITHM, signed.date, scope.text, sha256Hex(canonicalRequest)].join('\n');
  const key = signingKey(identity.secretAccessKey, scope.date, identity.region, identity.service ?? 's3');
  const expected = hmac(key, stringToSign).toString('hex');
  if (!signed.date.startsWith(scope.date) || !equal(expected, signed.signature))
    throw signatureDoesNotMatch(stringToSign, canonicalRequest);
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
