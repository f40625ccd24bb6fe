import type * as cloudfront from '@aws-sdk/client-cloudfront';
import { collectCloudFrontAnswer } from './bounded-body.ts';
import { REQUEST_TIMEOUTS, toAwsCredentials } from './make-s3-client.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';

/** An SDK client with one attempt, bounded waiting and bounded answers. CloudFront's API is in us-east-1. */
export async function makeCloudFrontClient(
  credentials: ParsedS3CloudFrontOptions['credentials'],
  endpoint: string | undefined,
): Promise<cloudfront.CloudFrontClient> {
  const { CloudFrontClient } = await import('@aws-sdk/client-cloudfront');
  return new CloudFrontClient({
    region: 'us-east-1',
    maxAttempts: 1,
    requestHandler: { ...REQUEST_TIMEOUTS },
    streamCollector: collectCloudFrontAnswer,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials: toAwsCredentials(credentials) }),
  });
}
