import {
  BaseStorage,
  type CallOptions,
  type ConfirmOptions,
  type CostEstimate,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedPlayback,
  type IssuedUpload,
  type ListRequest,
  type Logger,
  objectVideoId,
  type PlaybackRequest,
  type StorageCall,
  type StoredVideo,
  type StoredVideoPage,
  type UploadClaims,
  type Usage,
  VideoNotFoundError,
} from '@videostorage/core';
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
  /** Large files are uploaded in parts. */
  override readonly multipart: PartUploads;

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
    super('s3-cloudfront', options, nodeHmac);
    const parsed = parseS3CloudFrontOptions(options);
    const { credentials, cloudFront } = parsed;
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
      call: (operation, callOptions, work) => this.call(operation, callOptions, work),
    });
  }

  /**
   * Removes many videos; the edges are asked for as many at a time as CloudFront allows (15, by cache tag 1 000).
   * Missing ones are success; repeat with the same ids until `purged`, each time the edge has purged some.
   * `timeoutMs` is the deadline of the whole call: give it time for many videos.
   * @throws {VideoNotFoundError} an id that was never issued here
   */
  deleteVideos(videoIds: readonly string[], options: CallOptions = {}): Promise<Deletion> {
    return this.call('deleteVideos', options, (call) => this.#deleteVideos(videoIds, call));
  }

  async #deleteVideos(videoIds: readonly string[], call: StorageCall): Promise<Deletion> {
    if (!Array.isArray(videoIds)) throw new VideoNotFoundError();
    const videos = [...new Set(videoIds)].map((videoId) => ({ videoId, location: this.#keys.locate(videoId) }));
    if (videos.length === 0) return { purged: true };
    for (const { location } of videos) {
      await call.step('always', (signal) => this.#eraser.deletePrefix(location.prefix, signal));
    }
    const edge = this.#edge;
    const purge = (signal: AbortSignal) => edge?.forget(videos, signal) ?? Promise.resolve({ purged: true });
    const deletion = await call.step('always', purge);
    const { backendName } = this;
    const requestId = call.options.requestId === undefined ? {} : { requestId: call.options.requestId };
    const gone = deletion.purged ? videos : [];
    for (const { videoId } of gone) this.#logger?.log('info', 'video.deleted', { backendName, videoId, ...requestId });
    return deletion;
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateS3CloudFrontCost(usage, this.#prices ?? {}, this.#costSettings);
  }

  /** A form is plain computation, and an upload in parts that nobody uses is removed by the bucket's lifecycle. */
  protected doGetUploadUrl(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    const videoId = objectVideoId(request.uploadId, request.mimeType);
    return call.step('always', (signal) => this.#uploads.create(videoId, request, { signal }));
  }

  protected doConfirmUpload(
    claims: UploadClaims,
    _options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined> {
    return call.step('always', (signal) => this.#uploads.findArrived(claims, signal));
  }

  protected async doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<void> {
    const location = this.#keys.locate(claims.videoId);
    const state = decodeMultipartState(claims.state);
    await call.step('always', async (signal) => {
      if (state !== undefined) await this.#s3.abortMultipartUpload(location.key, state.s3UploadId, signal);
      await this.#eraser.deletePrefix(location.prefix, signal);
    });
  }

  protected async doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<IssuedPlayback> {
    const location = this.#keys.locate(videoId);
    if (this.#signedPlayback === undefined) {
      return presignedPlayback(this.#s3, location, options, this.clock.now());
    }
    const playback = this.#signedPlayback.play(location, options);
    // CloudFront's conditions do not reach the bucket's own URL, so there is no download URL beside them.
    const isPlain = options.notBefore === undefined && options.ipRange === undefined;
    if (options.downloadable !== true || !isPlain) return playback;
    const leftSeconds = Math.floor((Date.parse(playback.expiresAt ?? options.expiresAt) - this.clock.now()) / 1000);
    const seconds = await this.#s3.signableSeconds(Math.max(1, leftSeconds));
    return { ...playback, downloadUrl: await this.#s3.getPresignedGetUrl(location.key, seconds, 'attachment') };
  }

  protected async doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion> {
    const location = this.#locateOrUndefined(videoId);
    if (location === undefined) return { purged: true };
    await call.step('always', (signal) => this.#eraser.deletePrefix(location.prefix, signal));
    const edge = this.#edge;
    if (edge === undefined) return { purged: true };
    return call.step('always', (signal) => edge.forget([{ videoId, location }], signal));
  }

  protected async doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined> {
    const location = this.#locateOrUndefined(videoId);
    if (location === undefined) return undefined;
    const object = await call.step('always', (signal) => this.#s3.getObjectMetadata(location.key, signal));
    return object && toVideoMetadata(videoId, object);
  }

  protected doListVideos(request: ListRequest, call: StorageCall): Promise<StoredVideoPage> {
    return call.step('always', (signal) => this.#list.list({ ...request, signal }));
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
