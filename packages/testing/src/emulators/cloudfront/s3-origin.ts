import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { amzDate, hmac, signingKey } from '../s3/signature-v4.ts';

/** A private bucket, as origin access control reaches it: every request is signed. */
export interface S3OriginOptions {
  /** `http://host:port` of an S3 with path-style buckets. */
  readonly endpoint: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** Scope of signatures. */
  readonly region: string;
  /** Of the identity that origin access control signs as. */
  readonly accessKeyId: string;
  /** Its secret. */
  readonly secretAccessKey: string;
}

/** Fetches an object for the edge, ranges as the viewer asked; the answer's body is still to be read. */
export function fetchFromOrigin(
  origin: S3OriginOptions,
  method: 'GET' | 'HEAD',
  path: string,
  range: string | undefined,
): Promise<IncomingMessage> {
  const url = new URL(`/${origin.bucket}${path.split('?')[0]}`, origin.endpoint);
  // As every S3 client, by the computer's time: a store compares it with its own.
  const date = amzDate(Date.now());
  const scope = `${date.slice(0, 8)}/${origin.region}/s3/aws4_request`;
  const signed = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    method,
    url.pathname,
    '',
    `host:${url.host}`,
    'x-amz-content-sha256:UNSIGNED-PAYLOAD',
    `x-amz-date:${date}`,
    '',
    signed,
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const stringToSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const key = signingKey(origin.secretAccessKey, date.slice(0, 8), origin.region, 's3');
  const signature = hmac(key, stringToSign).toString('hex');
  const headers = {
    'x-amz-date': date,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    authorization: `AWS4-HMAC-SHA256 Credential=${origin.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    ...(range !== undefined && { range }),
  };
  return new Promise((resolve, reject) => {
    httpRequest(url, { method, headers }, resolve).on('error', reject).end();
  });
}
