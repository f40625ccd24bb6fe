import * as aws from '@aws-sdk/client-s3';
import { collectAnswer } from './bounded-body.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';

/** Bounds of one request, in milliseconds. The retry handler bounds the whole call. */
export const REQUEST_TIMEOUTS = {
  connectionTimeout: 3000,
  requestTimeout: 10_000,
  // Without this flag the SDK logs a warning and keeps waiting.
  throwOnRequestTimeout: true,
} as const;

/** An SDK client with one attempt, bounded waiting and bounded answers, and no checksums of its own. `accelerate`: signs what browsers send to the accelerated endpoint. */
export function makeS3Client(options: ParsedS3CloudFrontOptions, accelerate = false): aws.S3Client {
  const { region, endpoint, forcePathStyle, credentials, dualStack } = options;
  return new aws.S3Client({
    region,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { ...REQUEST_TIMEOUTS },
    streamCollector: collectAnswer,
    useAccelerateEndpoint: accelerate,
    useDualstackEndpoint: dualStack,
    ...(endpoint !== undefined && { endpoint }),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
    ...(credentials !== undefined && { credentials: toAwsCredentials(credentials) }),
  });
}

/** The credentials in the SDK's form; a provider is passed on as it is. */
export function toAwsCredentials(
  credentials: NonNullable<ParsedS3CloudFrontOptions['credentials']>,
): NonNullable<aws.S3ClientConfig['credentials']> {
  if (typeof credentials === 'function') return credentials;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
