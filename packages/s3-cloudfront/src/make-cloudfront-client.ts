import type * as cloudfront from '@aws-sdk/client-cloudfront';
import { REQUEST_TIMEOUTS, toAwsCredentials } from './make-s3-client.ts';
import type { ParsedCredentials } from './parsed-options.ts';

/** An SDK client that makes one attempt and gives up in time. CloudFront's own API lives in us-east-1. */
export async function makeCloudFrontClient(
  credentials: ParsedCredentials | undefined,
  endpoint: string | undefined,
): Promise<cloudfront.CloudFrontClient> {
  const { CloudFrontClient } = await import('@aws-sdk/client-cloudfront');
  return new CloudFrontClient({
    region: 'us-east-1',
    maxAttempts: 1,
    requestHandler: { ...REQUEST_TIMEOUTS },
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials: toAwsCredentials(credentials) }),
  });
}
