import { createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from './s3-error.ts';

/** Who may call, and the region that signatures are scoped to. */
export interface SigningIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With temporary credentials: every request must have it. */
  readonly sessionToken?: string | undefined;
  /** When the temporary credentials expire. */
  readonly sessionExpiresAtMs?: number | undefined;
  readonly region: string;
  /** Default `s3`. */
  readonly service?: 'cloudfront' | undefined;
}

/** The one algorithm of Signature Version 4 with shared keys. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** `YYYYMMDDTHHMMSSZ` of an instant. */
export function amzDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

/** The instant of `YYYYMMDDTHHMMSSZ`; NaN of anything else. */
export function parseAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The signing key of a day and region (IAM User Guide, "Create a signed AWS API request", step 4). */
export function signingKey(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  const start = Buffer.from(`AWS4${secretAccessKey}`);
  return [date, region, service, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), start);
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

/** Checks the token and the expiry of temporary credentials. @throws {S3Error} */
export function checkToken(
  token: string | readonly string[] | undefined,
  identity: SigningIdentity,
  nowMs: number,
): void {
  if (token !== identity.sessionToken) {
    throw new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  if (nowMs >= (identity.sessionExpiresAtMs ?? Number.POSITIVE_INFINITY))
    throw new S3Error(400, 'ExpiredToken', 'The provided token has expired.');
}

/**
 * 403 for a wrong signature. Like that of S3, it contains the text that should have been signed, so that the difference can be
 * found.
 */
export function signatureDoesNotMatch(stringToSign: string, canonicalRequest?: string): S3Error {
  return new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      StringToSign: stringToSign,
      ...(canonicalRequest !== undefined && { CanonicalRequest: canonicalRequest }),
    },
  );
}

/** Compares in constant time, so that the time does not show where the texts differ. */
export function equal(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** HMAC-SHA-256. */
export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
