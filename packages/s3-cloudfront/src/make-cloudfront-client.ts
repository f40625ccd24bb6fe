import type * as cloudfront from '@aws-sdk/client-cloudfront';
import { collectAnswer } from './bounded-body.ts';
import { REQUEST_TIMEOUTS, toAwsCredentials } from './make-s3-client.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';

/** An SDK client that makes one attempt, gives up in time and bounds what it reads. CloudFront's own API lives in us-east-1. */
export async function makeCloudFrontClient(
  credentials: ParsedS3CloudFrontOptions['credentials'],
  endpoint: string | undefined,
): Promise<cloudfront.CloudFrontClient> {
  const { CloudFrontClient } = await import('@aws-sdk/client-cloudfront');
  return new CloudFrontClient({
    region: 'us-east-1',
    maxAttempts: 1,
    requestHandler: { ...REQUEST_TIMEOUTS },
    streamCollector: collectAnswer,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials: toAwsCredentials(credentials) }),
  });
}
