import type * as cloudfront from '@aws-sdk/client-cloudfront';
import { REQUEST_TIMEOUTS, toAwsCredentials } from './make-s3-client.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';

/** An SDK client that makes one attempt and gives up in time. CloudFront's own API lives in us-east-1. */
export async function makeCloudFrontClient(options: ParsedS3CloudFrontOptions): Promise<cloudfront.CloudFrontClient> {
  const { CloudFrontClient } = await import('@aws-sdk/client-cloudfront');
  const endpoint = options.cloudFront?.endpoint;
  return new CloudFrontClient({
    region: 'us-east-1',
    maxAttempts: 1,
    requestHandler: { ...REQUEST_TIMEOUTS },
    ...(endpoint !== undefined && { endpoint }),
    ...(options.credentials !== undefined && { credentials: toAwsCredentials(options.credentials) }),
  });
}
