import { createHash } from 'node:crypto';
import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { canonicalPath, parseRequestTarget } from '../s3/request-target.ts';
import { ALGORITHM, amzDate, hmac, signingKey } from '../s3/signing-scope.ts';

/** A private bucket as CloudFront reaches it with origin access control: every request is signed. */
export interface S3OriginOptions {
  /** `http://host:port` of an S3 with path-style buckets. */
  readonly endpoint: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** Region of the bucket, which is part of the signatures. */
  readonly region: string;
  /** Access key with which the distribution signs its requests. */
  readonly accessKeyId: string;
  /** Secret of the access key. */
  readonly secretAccessKey: string;
  /** Session token, when the credentials are temporary. */
  readonly sessionToken?: string | undefined;
  /** Prepended to every path, as the origin path of a distribution: `/tenant-a`. Default: nothing. */
  readonly originPath?: string | undefined;
  /** Beginning of the keys that the bucket policy lets CloudFront read, for instance `videos/`. Default: all keys. */
  readonly readablePrefix?: string | undefined;
  /** Whether that policy allows `s3:ListBucket`; without it S3 answers 403 for a missing key. Default true. */
  readonly mayListBucket?: boolean | undefined;
}

/** Refuses an origin path that CloudFront would refuse. @throws {TypeError} */
export function checkOriginPath(originPath: string | undefined): void {
  if (originPath === undefined || originPath === '' || /^\/[^?#*]*[^/?#*]$/.test(originPath)) return;
  throw new TypeError('`originPath` begins with a slash and does not end with one: write "/tenant-a".');
}

/** A request to the origin. */
export interface OriginRequest {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  /** As the viewer sent it, percent-encoded; no `.` or `..` is resolved. */
  readonly path: string;
  readonly range?: string | undefined;
  /** Headers of a preflight, which are forwarded to the origin. Default: none. */
  readonly preflight?: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** Aborted when the viewer has disconnected. */
  readonly signal: AbortSignal;
}

/** Whether the bucket's policy lets CloudFront read what a viewer's path names. */
export function isReadable(origin: S3OriginOptions, path: string): boolean {
  return keySegments(origin, path)
    .join('/')
    .startsWith(origin.readablePrefix ?? '');
}

function keySegments({ originPath = '' }: S3OriginOptions, path: string): readonly string[] {
  return parseRequestTarget(`${originPath}${path}`).segments;
}

/** How long CloudFront waits for an origin by default. */
const ORIGIN_TIMEOUT_MS = 30_000;
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** Fetches an object for the edge; the answer's body is still to be read. Rejects when the origin cannot be reached. */
export function fetchFromOrigin(origin: S3OriginOptions, asked: OriginRequest): Promise<IncomingMessage> {
  const { method, range, agent, signal, preflight = {} } = asked;
  const { hostname, port, host } = new URL(origin.endpoint);
  const path = canonicalPath([origin.bucket, ...keySegments(origin, asked.path)]);
  // By the computer's time, as in every S3 client: a store compares it with its own.
  const date = amzDate(Date.now());
  const signed = {
    host,
    'x-amz-content-sha256': UNSIGNED,
    'x-amz-date': date,
    ...(origin.sessionToken !== undefined && { 'x-amz-security-token': origin.sessionToken }),
  };
  const headers = {
    ...signed,
    authorization: authorize(origin, method, path, signed),
    ...(range && { range }),
    ...preflight,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers, agent, signal, timeout: ORIGIN_TIMEOUT_MS });
    request.on('timeout', () => request.destroy(new Error('the origin does not answer')));
    request.on('response', resolve).on('error', reject).end();
  });
}

function authorize(
  origin: S3OriginOptions,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> & { readonly 'x-amz-date': string },
): string {
  const date = headers['x-amz-date'];
  const scope = `${date.slice(0, 8)}/${origin.region}/s3/aws4_request`;
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = [method, path, '', ...lines, '', names, UNSIGNED].join('\n');
  const stringToSign = [ALGORITHM, date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = signingKey(origin.secretAccessKey, date.slice(0, 8), origin.region, 's3');
  const signature = hmac(key, stringToSign).toString('hex');
  return `${ALGORITHM} Credential=${origin.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}
