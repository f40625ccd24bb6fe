import {
  BaseStorage,
  type CallOptions,
  type ConfirmOptions,
  type CostEstimate,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type ListRequest,
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
import { estimateS3CloudFrontCost } from './cost-estimate.ts';
import { Edge } from './edge.ts';
import { makeS3Client } from './make-s3-client.ts';
import { decodeMultipartState } from './multipart-state.ts';
import { checkedObjectName, ObjectKeys } from './object-key.ts';
import { ObjectList } from './object-list.ts';
import { ObjectUploads } from './object-uploads.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';
import { PartUploads } from './part-uploads.ts';
import { PrefixEraser } from './prefix-eraser.ts';
import { presignedPlayback } from './presigned-playback.ts';
import { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions, type S3CloudFrontOptions } from './s3-cloudfront-options.ts';
import { SignedPlayback } from './signed-playback.ts';
import { toVideoMetadata } from './video-of-object.ts';

/** Videos in a private S3 bucket, played through CloudFront, or by presigned GET where there is no distribution. */
export class S3CloudFrontStorage extends BaseStorage {
  /** `s3-cloudfront`. */
  readonly backendName = 's3-cloudfront';
  /** Large files go up in parts. */
  override readonly multipart: PartUploads;
  /** A POST form is plain computation, and an upload in parts that nobody uses is removed by the bucket's lifecycle. */
  protected override readonly mintRetryClass: RetryClass = 'always';

  readonly #options: Omit<ParsedS3CloudFrontOptions, 'credentials' | 'cloudFront'>;
  readonly #prices: S3CloudFrontOptions['prices'];
  readonly #keys: ObjectKeys;
  readonly #s3: S3Client;
  readonly #uploads: ObjectUploads;
  readonly #list: ObjectList;
  readonly #eraser: PrefixEraser;
  readonly #edge: Edge | undefined;
  readonly #signedPlayback: SignedPlayback | undefined;

  /** @throws {ConfigurationError} naming every wrong setting */
  constructor(options: S3CloudFrontOptions) {
    super(options);
    const parsed = parseS3CloudFrontOptions(options);
    const { credentials: _credentials, cloudFront, ...rest } = parsed;
    this.#options = rest;
    this.#prices = options.prices;
    checkedObjectName('hlsManifest', parsed.hlsManifest);
    if (parsed.posterName !== undefined) checkedObjectName('posterName', parsed.posterName);
    const sdkClient = options.s3Client ?? makeS3Client(parsed);
    this.#keys = new ObjectKeys(parsed.keyPrefix);
    this.#s3 = new S3Client(sdkClient, parsed.bucket, this.clock);
    this.#uploads = new ObjectUploads(this.#s3, this.#keys, parsed, this.clock);
    this.#list = new ObjectList(sdkClient, parsed.bucket, this.#keys, this.clock);
    this.#eraser = new PrefixEraser(sdkClient, parsed.bucket, this.clock, parsed.versionedBucket);
    if (cloudFront !== undefined) {
      this.#edge = new Edge(parsed, cloudFront, options.cloudFront?.client, this.clock);
      this.#signedPlayback = new SignedPlayback(parsed, cloudFront, this.clock);
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
   * @throws {VideoNotFoundError} an id that was never issued here
   */
  async deleteVideos(videoIds: readonly string[], options: CallOptions = {}): Promise<Deletion> {
    const videos = [...new Set(videoIds)].map((videoId) => ({ videoId, location: this.#keys.locate(videoId) }));
    if (videos.length === 0) return { purged: true };
    for (const { location } of videos) {
      await this.#always('deleteVideos', options, (signal) => this.#eraser.deletePrefix(location.prefix, signal));
    }
    const edge = this.#edge;
    if (edge === undefined) return { purged: true };
    return this.#always('deleteVideos', options, (signal) => edge.forget(videos, signal));
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateS3CloudFrontCost(usage, this.#prices);
  }

  /** The duration that is promised is part of the reference, so its default is decided here. */
  protected override async validateUploadRequest(request: UploadRequest): Promise<IdentifiedUploadRequest> {
    const valid = await super.validateUploadRequest(request);
    return { ...valid, maxDurationSeconds: valid.maxDurationSeconds ?? this.#options.defaultMaxDurationSeconds };
  }

  /** An injected SDK client that repeats by itself is the one layer that does. */
  protected override async retry<T>(
    operation: { readonly name: string; readonly class: RetryClass },
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
    options: CallOptions,
  ): Promise<T> {
    const repeated = await this.#s3.retriesItself();
    return super.retry(repeated ? { ...operation, class: 'never' } : operation, attempt, options);
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
    const seconds = Math.max(1, Math.floor((Date.parse(playback.expiresAt) - this.clock.now()) / 1000));
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
