import {
  BaseStorage,
  type CallOptions,
  type ConfirmOptions,
  type CostEstimate,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type ListRequest,
  type Logger,
  objectVideoId,
  type Playback,
  type PlaybackRequest,
  type RetryClass,
  type UploadClaims,
  type UploadRequest,
  type Usage,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoPage,
} from '@videostorage/core';
import { AwsError } from './aws-error.ts';
import { CloudFrontClient } from './cloudfront-client.ts';
import { type CostSettings, estimateS3CloudFrontCost } from './cost-estimate.ts';
import { Edge } from './edge.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import { makeS3Client } from './make-s3-client.ts';
import { decodeMultipartState } from './multipart-state.ts';
import { nodeHmac } from './node-hmac.ts';
import { checkedObjectName, ObjectKeys } from './object-key.ts';
import { ObjectList } from './object-list.ts';
import { ObjectUploads } from './object-uploads.ts';
import { PartUploads } from './part-uploads.ts';
import { PrefixEraser } from './prefix-eraser.ts';
import { presignedPlayback } from './presigned-playback.ts';
import { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions, type S3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { SignedPlayback } from './signed-playback.ts';
import { parseSigningKeys } from './signing-key.ts';
import { toVideoMetadata } from './video-of-object.ts';

/** Videos in a private S3 bucket, played through CloudFront, or by presigned GET where there is no distribution. */
export class S3CloudFrontStorage extends BaseStorage {
  /** `s3-cloudfront`. */
  readonly backendName = 's3-cloudfront';
  /** Large files go up in parts. */
  override readonly multipart: PartUploads;
  /** A POST form is plain computation, and an upload in parts that nobody uses is removed by the bucket's lifecycle. */
  protected override readonly mintRetryClass: RetryClass = 'always';

  readonly #defaultMaxDurationSeconds: number;
  readonly #logger: Logger | undefined;
  readonly #prices: S3CloudFrontOptions['prices'];
  readonly #costSettings: CostSettings;
  readonly #keys: ObjectKeys;
  readonly #s3: S3Client;
  readonly #uploads: ObjectUploads;
  readonly #list: ObjectList;
  readonly #eraser: PrefixEraser;
  readonly #cloudFront: CloudFrontClient | undefined;
  readonly #edge: Edge | undefined;
  readonly #signedPlayback: SignedPlayback | undefined;

  /** @throws {ConfigurationError} naming every wrong setting */
  constructor(options: S3CloudFrontOptions) {
    super(options, nodeHmac);
    const parsed = parseS3CloudFrontOptions(options);
    const { credentials, cloudFront } = parsed;
    this.#defaultMaxDurationSeconds = parsed.defaultMaxDurationSeconds;
    this.#logger = options.logger;
    this.#prices = parsed.prices;
    checkedObjectName('hlsManifest', parsed.hlsManifest);
    if (parsed.posterName !== undefined) checkedObjectName('posterName', parsed.posterName);
    const sdkClient = options.s3Client ?? makeS3Client(parsed);
    this.#keys = new ObjectKeys(parsed.keyPrefix);
    this.#s3 = new S3Client(sdkClient, parsed.bucket, this.clock);
    const { multipartThresholdBytes, partSizeBytes, inspectContent, uploadExpiresInSeconds } = parsed;
    this.#costSettings = { hasDistribution: cloudFront !== undefined, multipartThresholdBytes, partSizeBytes };
    const cacheTags = cloudFront?.invalidateBy === 'cache-tag';
    const uploads = { multipartThresholdBytes, partSizeBytes, inspectContent, uploadExpiresInSeconds, cacheTags };
    this.#uploads = new ObjectUploads(this.#s3, this.#keys, uploads, this.clock);
    this.#list = new ObjectList(sdkClient, parsed.bucket, this.#keys, this.clock);
    this.#eraser = new PrefixEraser(this.#s3, sdkClient, parsed.bucket, this.clock, parsed.versionedBucket);
    if (cloudFront !== undefined) {
      const injected = options.cloudFront?.client;
      const { keyPairs, endpoint, ...rest } = cloudFront;
      this.#cloudFront = new CloudFrontClient({
        connect: async () => injected ?? makeCloudFrontClient(credentials, endpoint),
        distributionId: cloudFront.distributionId,
        signingKey: parseSigningKeys(keyPairs),
        hashAlgorithm: cloudFront.hashAlgorithm,
        clock: this.clock,
      });
      this.#edge = new Edge(this.#cloudFront, cloudFront.invalidateBy);
      const { hlsManifest, posterName } = parsed;
      this.#signedPlayback = new SignedPlayback(this.#cloudFront, { ...rest, hlsManifest, posterName }, this.clock);
    }
    this.multipart = new PartUploads({
      s3: this.#s3,
      keys: this.#keys,
      clock: this.clock,
      claims: (reference, callOptions) => this.claims(reference, callOptions),
      retry: (name, attempt, callOptions) => this.retry({ name, class: 'always' }, attempt, callOptions),
    });
  }

  /**
   * Removes many videos; the edges are asked for as many at a time as CloudFront allows (15, by cache tag 1 000).
   * Missing ones are success; repeat with the same ids until `purged`, each time the edges have forgotten some.
   * `timeoutMs` is the deadline for each video, and for the edges; `signal` ends all of it.
   * @throws {VideoNotFoundError} an id that was never issued here
   */
  async deleteVideos(videoIds: readonly string[], options: CallOptions = {}): Promise<Deletion> {
    if (!Array.isArray(videoIds)) throw new VideoNotFoundError();
    const videos = [...new Set(videoIds)].map((videoId) => ({ videoId, location: this.#keys.locate(videoId) }));
    if (videos.length === 0) return { purged: true };
    for (const { location } of videos) {
      await this.#always('deleteVideos', options, (signal) => this.#eraser.deletePrefix(location.prefix, signal));
    }
    const edge = this.#edge;
    const forget = (signal: AbortSignal) => edge?.forget(videos, signal) ?? Promise.resolve({ purged: true });
    const deletion = await this.#always('deleteVideos', options, forget);
    const { backendName } = this;
    const requestId = options.requestId === undefined ? {} : { requestId: options.requestId };
    const gone = deletion.purged ? videos : [];
    for (const { videoId } of gone) this.#logger?.log('info', 'video.deleted', { backendName, videoId, ...requestId });
    return deletion;
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateS3CloudFrontCost(usage, this.#prices ?? {}, this.#costSettings);
  }

  /** The duration that is promised is part of the reference, so its default is decided here. */
  protected override async validateUploadRequest(request: UploadRequest): Promise<IdentifiedUploadRequest> {
    const valid = await super.validateUploadRequest(request);
    return { ...valid, maxDurationSeconds: valid.maxDurationSeconds ?? this.#defaultMaxDurationSeconds };
  }

  /** An injected SDK client that repeats by itself is the one layer that does: what it gave up is not tried again. */
  protected override async retry<T>(
    operation: { readonly name: string; readonly class: RetryClass },
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
    options: CallOptions,
  ): Promise<T> {
    const guarded = async (signal: AbortSignal, number: number) => {
      try {
        return await attempt(signal, number);
      } catch (error) {
        throw (await this.#wasRepeated(error)) ? new GivenUp(error) : error;
      }
    };
    try {
      return await super.retry(operation, guarded, options);
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      return super.retry({ ...operation, class: 'never' }, () => Promise.reject(error.error), options);
    }
  }

  async #wasRepeated(error: unknown): Promise<boolean> {
    if (!(error instanceof AwsError)) return false;
    if (error.service === 'S3') return this.#s3.retriesItself();
    // The SDK takes this one for final; it ends as soon as earlier invalidations have.
    if (error.vendorCode === 'TooManyInvalidationsInProgress') return false;
    return (await this.#cloudFront?.retriesItself()) === true;
  }

  protected async doGetUploadUrl(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    return this.#uploads.issue(objectVideoId(request.uploadId, request.mimeType), request, options);
  }

  protected async doConfirmUpload(claims: UploadClaims, options: ConfirmOptions): Promise<VideoMetadata> {
    const video = await this.#uploads.settle(claims, this.backendName, options.signal);
    const reported = options.durationSeconds;
    if (video.durationSeconds !== undefined || reported === undefined || !(reported > 0)) return video;
    return { ...video, durationSeconds: reported };
  }

  protected async doAbortUpload(claims: UploadClaims, options: CallOptions): Promise<void> {
    const location = this.#keys.locate(claims.videoId);
    const state = decodeMultipartState(claims.state);
    if (state !== undefined) await this.#s3.abortMultipartUpload(location.key, state.s3UploadId, options.signal);
    await this.#eraser.deletePrefix(location.prefix, options.signal);
  }

  protected async doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<Playback> {
    const location = this.#keys.locate(videoId);
    if (this.#signedPlayback === undefined) {
      return presignedPlayback(this.#s3, videoId, location, options, this.clock.now());
    }
    const playback = this.#signedPlayback.play(videoId, location, options);
    // CloudFront's conditions do not reach the bucket's own URL, so there is no download URL beside them.
    const isPlain = options.notBefore === undefined && options.ipRange === undefined;
    if (options.downloadable !== true || !isPlain) return playback;
    const leftSeconds = Math.floor((Date.parse(playback.expiresAt) - this.clock.now()) / 1000);
    const seconds = await this.#s3.signableSeconds(Math.max(1, leftSeconds));
    return { ...playback, downloadUrl: await this.#s3.getPresignedGetUrl(location.key, seconds, 'attachment') };
  }

  protected async doDeleteVideo(videoId: string, options: CallOptions): Promise<Deletion> {
    const location = this.#locateOrUndefined(videoId);
    if (location === undefined) return { purged: true };
    await this.#eraser.deletePrefix(location.prefix, options.signal);
    if (this.#edge === undefined) return { purged: true };
    return this.#edge.forget([{ videoId, location }], options.signal);
  }

  protected async doGetVideoMetadata(videoId: string, options: CallOptions): Promise<VideoMetadata | undefined> {
    const location = this.#locateOrUndefined(videoId);
    if (location === undefined) return undefined;
    const object = await this.#s3.getObjectMetadata(location.key, options.signal);
    return object && toVideoMetadata(videoId, this.backendName, object);
  }

  protected doListVideos(options: ListRequest): Promise<VideoPage> {
    return this.#list.list(this.backendName, options);
  }

  #always<T>(name: string, options: CallOptions, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.retry({ name, class: 'always' }, attempt, options);
  }

  /** An id of another backend is simply not there. */
  #locateOrUndefined(videoId: string): ReturnType<ObjectKeys['locate']> | undefined {
    try {
      return this.#keys.locate(videoId);
    } catch (error) {
      if (error instanceof VideoNotFoundError) return undefined;
      throw error;
    }
  }
}

/** Carries past the retry handler what an injected SDK client has tried often enough. */
class GivenUp {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}
