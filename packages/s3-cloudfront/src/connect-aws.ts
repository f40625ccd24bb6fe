import { type Clock, systemClock } from '@videostorage/core';
import { withBoundedAnswers } from './bounded-client.ts';
import { CloudFrontClient } from './cloudfront-client.ts';
import { CloudFrontEdge } from './cloudfront-edge.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import { makeS3Client } from './make-s3-client.ts';
import { ObjectKeys } from './object-key.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';
import { S3Client } from './s3-client.ts';
import type { S3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { parseSigningKeys } from './signing-key.ts';

/** Clients of AWS that a storage's options make, on one clock, and the dialect over them. */
export interface AwsConnection {
  readonly clock: Clock;
  /** By how much AWS's time is ahead of this computer's, as its answers show, in milliseconds; 0 with an injected clock, which is that of both. */
  readonly skewMs: () => number;
  readonly keys: ObjectKeys;
  readonly s3: S3Client;
  readonly store: S3ObjectStore;
  /** Undefined without a distribution. */
  readonly cloudFront: CloudFrontClient | undefined;
  /** From which size an upload is sent in parts; 1 where the store has no POST policies. */
  readonly multipartThresholdBytes: number;
}

/** Connects, without a request: the clients sign with AWS's own time, by which grants and credentials end. */
export function connectAws(options: S3CloudFrontOptions, parsed: ParsedS3CloudFrontOptions): AwsConnection {
  const clock = options.clock ?? systemClock;
  const skewMs = (): number => (options.clock === undefined ? s3.skewMs : 0);
  const awsClock = { now: () => clock.now() + skewMs() };
  const s3 = connectS3(options, parsed, awsClock);
  const keys = new ObjectKeys(parsed.keyPrefix, parsed.cloudFront?.originPath);
  const cloudFront = parsed.cloudFront && connectCloudFront(parsed.cloudFront, parsed, awsClock);
  const edge = cloudFront && new CloudFrontEdge(cloudFront, keys, parsed.cloudFront?.invalidateBy);
  const { partSizeBytes, versionedBucket, storageClass, store: abilities } = parsed;
  const multipartThresholdBytes = abilities.postPolicies === false ? 1 : parsed.multipartThresholdBytes;
  const cacheTags = parsed.cloudFront?.invalidateBy === 'cache-tag';
  const store = new S3ObjectStore(
    { s3, keys, clock, edge },
    { multipartThresholdBytes, partSizeBytes, versionedBucket, cacheTags, abilities, storageClass },
  );
  return { clock, skewMs, keys, s3, store, cloudFront, multipartThresholdBytes };
}

function connectS3(
  { s3Client }: S3CloudFrontOptions,
  parsed: ParsedS3CloudFrontOptions,
  clock: Pick<Clock, 'now'>,
): S3Client {
  const { bucket, kmsKeyId, checksumAlgorithm, requesterPays } = parsed;
  const sender = s3Client === undefined ? makeS3Client(parsed) : withBoundedAnswers(s3Client, 'S3');
  return new S3Client(sender, {
    ...{ bucket, clock, kmsKeyId, checksumAlgorithm, requesterPays },
    ...(parsed.accelerate && { senders: makeS3Client(parsed, true) }),
  });
}

function connectCloudFront(
  { client, endpoint, distributionId, keyPairs, hashAlgorithm }: NonNullable<ParsedS3CloudFrontOptions['cloudFront']>,
  { credentials }: ParsedS3CloudFrontOptions,
  clock: Pick<Clock, 'now'>,
): CloudFrontClient {
  return new CloudFrontClient({
    connect: async () =>
      client === undefined ? makeCloudFrontClient(credentials, endpoint) : withBoundedAnswers(client, 'CloudFront'),
    ...{ distributionId, signingKey: parseSigningKeys(keyPairs), hashAlgorithm, clock },
  });
}
