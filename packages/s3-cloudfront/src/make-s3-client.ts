import * as aws from '@aws-sdk/client-s3';
import { collectAnswer } from './bounded-body.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';

/** Bounds of one request; the deadline of the whole call belongs to the retry handler. */
export const REQUEST_TIMEOUTS = {
  connectionTimeout: 3000,
  requestTimeout: 10_000,
  // Without this flag the SDK only writes a warning and waits on.
  throwOnRequestTimeout: true,
} as const;

/** An SDK client that makes one attempt, gives up in time, bounds what it reads, and adds no checksums of its own. `accelerate`: for what browsers send. */
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

/** Credentials as the SDK takes them: a provider is asked whenever they are needed. */
export function toAwsCredentials(
  credentials: NonNullable<ParsedS3CloudFrontOptions['credentials']>,
): NonNullable<aws.S3ClientConfig['credentials']> {
  if (typeof credentials === 'function') return credentials;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
