import type {
  CostEstimate,
  IssuedPlayback,
  MultipartUploads,
  PlaybackRequest,
  StorageCall,
  Usage,
} from '@videostorage/core';
import { ObjectVideoStorage } from '@videostorage/object-storage';
import { connectAws } from './connect-aws.ts';
import { type CostSettings, estimateS3CloudFrontCost } from './cost-estimate.ts';
import { downloadUrlOf } from './download-url.ts';
import type { ObjectKeys } from './object-key.ts';
import { PartUploads } from './part-uploads.ts';
import { presignedPlayback } from './presigned-playback.ts';
import type { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions, type S3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { SignedPlayback } from './signed-playback.ts';

/**
 * Videos in a private S3 bucket, played through CloudFront, or by presigned GET where no distribution is set. The base
 * class `ObjectVideoStorage` implements how an upload becomes a video; this class adds what is specific to S3 and
 * CloudFront.
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
    const { clock, skewMs, keys, s3, store, cloudFront, multipartThresholdBytes } = connectAws(options, parsed);
    super('s3-cloudfront', options, store);
    this.#keys = keys;
    this.#s3 = s3;
    this.#prices = parsed.prices;
    const { partSizeBytes, hlsManifest, posterName } = parsed;
    this.#costSettings = { hasDistribution: cloudFront !== undefined, multipartThresholdBytes, partSizeBytes };
    if (cloudFront !== undefined && parsed.cloudFront !== undefined) {
      const { keyPairs: _, ...settings } = { ...parsed.cloudFront, hlsManifest, posterName };
      this.#signedPlayback = new SignedPlayback(cloudFront, settings, clock, skewMs);
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
