import {
  type CostEstimate,
  type IssuedPlayback,
  type MultipartUploads,
  type PlaybackRequest,
  type StorageCall,
  systemClock,
  type Usage,
} from '@videostorage/core';
import { ObjectVideoStorage } from '@videostorage/object-storage';
import { withBoundedAnswers } from './bounded-client.ts';
import { CloudFrontClient } from './cloudfront-client.ts';
import { CloudFrontEdge } from './cloudfront-edge.ts';
import { type CostSettings, estimateS3CloudFrontCost } from './cost-estimate.ts';
import { downloadUrlOf } from './download-url.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import { makeS3Client } from './make-s3-client.ts';
import { ObjectKeys } from './object-key.ts';
import { PartUploads } from './part-uploads.ts';
import { presignedPlayback } from './presigned-playback.ts';
import { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions, type S3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { SignedPlayback } from './signed-playback.ts';
import { parseSigningKeys } from './signing-key.ts';

/**
 * Videos in a private S3 bucket, played through CloudFront, or by presigned GET where no distribution is set. The template
 * `ObjectVideoStorage` implements how an upload becomes a video; this class adds what is specific to S3 and CloudFront.
 */
export class S3CloudFrontStorage extends ObjectVideoStorage {
  /** Signs and lists the parts of uploads whose ticket says `multipart`. */
  override readonly multipart: MultipartUploads;

  readonly #prices: S3CloudFrontOptions['prices'];
  readonly #costSettings: CostSettings;
  readonly #keys: ObjectKeys;
  readonly #s3: S3Client;
  readonly #signedPlayback: SignedPlayback | undefined;

  /** @throws {ConfigurationError} naming every wrong option and its fix */
  constructor(options: S3CloudFrontOptions) {
    const parsed = parseS3CloudFrontOptions(options);
    const { bucket, cloudFront, partSizeBytes, versionedBucket, store: abilities } = parsed;
    const multipartThresholdBytes = abilities.postPolicies === false ? 1 : parsed.multipartThresholdBytes;
    const clock = options.clock ?? systemClock;
    const keys = new ObjectKeys(parsed.keyPrefix, cloudFront?.originPath);
    const { kmsKeyId, checksumAlgorithm, requesterPays, storageClass, accelerate } = parsed;
    // Grants and credentials end by AWS's own time, which the answers of S3 show. An injected clock is that of both.
    const skewMs = (): number => (options.clock === undefined ? s3.skewMs : 0);
    const awsClock = { now: () => clock.now() + skewMs() };
    const { s3Client } = options;
    const s3 = new S3Client(s3Client === undefined ? makeS3Client(parsed) : withBoundedAnswers(s3Client, 'S3'), {
      ...{ bucket, clock: awsClock, kmsKeyId, checksumAlgorithm, requesterPays },
      ...(accelerate && { senders: makeS3Client(parsed, true) }),
    });
    const distribution = cloudFront && {
      settings: cloudFront,
      client: new CloudFrontClient({
        connect: async () =>
          cloudFront.client === undefined
            ? makeCloudFrontClient(parsed.credentials, cloudFront.endpoint)
            : withBoundedAnswers(cloudFront.client, 'CloudFront'),
        distributionId: cloudFront.distributionId,
        signingKey: parseSigningKeys(cloudFront.keyPairs),
        hashAlgorithm: cloudFront.hashAlgorithm,
        clock: awsClock,
      }),
    };
    const edge = distribution && new CloudFrontEdge(distribution.client, keys, distribution.settings.invalidateBy);
    const cacheTags = cloudFront?.invalidateBy === 'cache-tag';
    const store = new S3ObjectStore(
      { s3, keys, clock, edge },
      { multipartThresholdBytes, partSizeBytes, versionedBucket, cacheTags, abilities, storageClass },
    );
    super('s3-cloudfront', options, store);
    this.#keys = keys;
    this.#s3 = s3;
    this.#prices = parsed.prices;
    this.#costSettings = { hasDistribution: cloudFront !== undefined, multipartThresholdBytes, partSizeBytes };
    if (distribution !== undefined) {
      const { hlsManifest, posterName } = parsed;
      const settings = { ...distribution.settings, hlsManifest, posterName };
      this.#signedPlayback = new SignedPlayback(distribution.client, settings, clock, skewMs);
    }
    this.multipart = new PartUploads({
      ...{ s3, keys, clock },
      claims: (reference, callOptions) => this.claims(reference, callOptions),
      declaredUpload: (reference, callOptions) => this.declaredUpload(reference, callOptions),
      call: (operation, callOptions, work) => this.call(operation, callOptions, work),
    });
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateS3CloudFrontCost(usage, this.#prices ?? {}, this.#costSettings);
  }

  protected override async doGetPlaybackUrl(
    videoId: string,
    request: PlaybackRequest,
    _call: StorageCall,
  ): Promise<IssuedPlayback> {
    const location = this.#keys.locate(videoId);
    const nowMs = this.clock.now();
    if (this.#signedPlayback === undefined) return presignedPlayback(this.#s3, location, request, nowMs);
    const playback = this.#signedPlayback.play(location, request);
    // A presigned GET cannot carry these conditions, so a grant with them has no download URL.
    const isPlain = request.notBefore === undefined && request.ipRange === undefined;
    if (request.downloadable !== true || !isPlain) return playback;
    const leftSeconds = Math.floor((Date.parse(playback.expiresAt ?? request.expiresAt) - nowMs) / 1000);
    const seconds = await this.#s3.signableSeconds(Math.max(1, leftSeconds));
    return { ...playback, downloadUrl: await downloadUrlOf(this.#s3, location, request, seconds) };
  }
}
