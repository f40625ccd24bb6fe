import type { CostEstimate, Usage } from '../contract/cost.ts';
import type { Playback, PlaybackOptions, Viewer } from '../contract/playback.ts';
import type { Clock, Timestamp } from '../contract/primitives.ts';
import type {
  CallOptions,
  ConfirmOptions,
  Deletion,
  ListOptions,
  MultipartUploads,
  UploadCallOptions,
  VideoStorage,
  Webhooks,
} from '../contract/storage.ts';
import type { UploadRequest, UploadTicket } from '../contract/upload.ts';
import type { VideoMetadata, VideoPage } from '../contract/video-metadata.ts';
import { recordOrigin } from '../errors/record-origin.ts';
import { ContentMismatchError, NotUploadedError, VideoNotFoundError } from '../errors/request-errors.ts';
import { Logger } from '../log/logger.ts';
import { MemoryRateLimitStore } from '../rate-limit/memory-rate-limit-store.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { HmacFactory } from '../reference/hmac.ts';
import type { UploadClaims } from '../reference/upload-claims.ts';
import { UploadReference } from '../reference/upload-reference.ts';
import { type Retry, type RetryClass, RetryHandler } from '../retry/retry-handler.ts';
import { systemClock } from '../time/system-clock.ts';
import { toTimestamp } from '../time/timestamp.ts';
import { isVideoId } from '../validation/object-video-id.ts';
import { Validator } from '../validation/validator.ts';
import type { BaseStorageOptions } from './base-storage-options.ts';
import { compareWithClaims } from './compare-with-claims.ts';
import type { IdentifiedUploadRequest, IssuedUpload } from './issued-upload.ts';
import { type ListRequest, toListRequest } from './list-request.ts';
import { type PlaybackRequest, toPlaybackRequest } from './playback-request.ts';
import { toReferenceSecrets } from './reference-secrets.ts';
import { StorageEvents } from './storage-events.ts';

/** A slow upload begun in time can still be confirmed: the reference lives this much longer than the ticket. */
const REFERENCE_GRACE_MS = 24 * 60 * 60 * 1000;

/** Validates, limits, retries and logs around what a backend writes: the `do…` methods and nothing else. */
export abstract class BaseStorage implements VideoStorage {
  /** @inheritDoc */
  abstract readonly backendName: string;
  /** @inheritDoc */
  declare readonly multipart?: MultipartUploads;
  /** @inheritDoc */
  declare readonly webhooks?: Webhooks;

  /** The time that everything here goes by. */
  protected readonly clock: Clock;
  /** Life of a ticket, when the host has set it. */
  protected readonly uploadExpiresInSeconds: number | undefined;
  /** May a mint be repeated? Override with `always` where a repeated mint yields the same upload. */
  protected readonly mintRetryClass: RetryClass = 'if-not-sent';

  readonly #logger: Logger;
  readonly #validator: Validator;
  readonly #rateLimiter: RateLimiter;
  readonly #retryHandler: RetryHandler;
  readonly #uploadReference: UploadReference;

  /**
   * A backend that knows its platform may hand in a faster HMAC than Web Crypto's.
   * @throws {ConfigurationError} no secret, or one of fewer than 32 bytes
   */
  constructor(options: BaseStorageOptions, createHmac?: HmacFactory) {
    this.clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? new Logger();
    this.uploadExpiresInSeconds = options.uploadExpiresInSeconds;
    this.#validator = options.validator ?? new Validator();
    this.#rateLimiter =
      options.rateLimiter ?? new RateLimiter({ store: new MemoryRateLimitStore({ clock: options.clock }) });
    this.#retryHandler = options.retryHandler ?? new RetryHandler({ clock: options.clock });
    const secrets = toReferenceSecrets(options.referenceSecrets);
    this.#uploadReference = new UploadReference(secrets, this.clock, createHmac);
  }

  /** @inheritDoc */
  getUploadUrl(request: UploadRequest, options: CallOptions = {}): Promise<UploadTicket> {
    const mint = async () => {
      const startedAtMs = this.clock.now();
      const valid = await this.validateUploadRequest(request);
      await this.#rateLimiter.checkUploadLimit(valid);
      const { state, ...issued } = await this.retry(
        { name: 'getUploadUrl', class: this.mintRetryClass },
        (signal) => this.doGetUploadUrl(valid, { ...options, signal }),
        options,
      );
      const { videoId, expiresAt } = issued;
      const { uploadId, userId, contextId, sizeBytes, mimeType, maxDurationSeconds } = valid;
      const uploadReference = await this.#uploadReference.sign({
        ...{ backendName: this.backendName, uploadId, videoId, userId, contextId, sizeBytes, mimeType },
        ...(maxDurationSeconds !== undefined && { maxDurationSeconds }),
        ...(state !== undefined && { state }),
        validUntil: toTimestamp(Date.parse(expiresAt) + REFERENCE_GRACE_MS),
      });
      const fields = { videoId, userId, contextId, sizeBytes, expiresAt, elapsedMs: this.clock.now() - startedAtMs };
      this.#events.log('info', 'upload.requested', fields, options);
      return { ...issued, uploadReference };
    };
    return this.#call('getUploadUrl', options, mint, (error) => this.logUploadFailure(request, error, options));
  }

  /** @inheritDoc */
  confirmUpload(uploadReference: string, options: ConfirmOptions): Promise<VideoMetadata> {
    return this.#call('confirmUpload', options, async () => {
      const claims = await this.claims(uploadReference, options);
      const confirm = () => this.#confirm(claims, options);
      return this.#call('confirmUpload', options, confirm, (error) => this.logUploadFailure(claims, error, options));
    });
  }

  async #confirm(claims: UploadClaims, options: ConfirmOptions): Promise<VideoMetadata> {
    const video = await this.#always('confirmUpload', options, (request) => this.doConfirmUpload(claims, request));
    if (video.status === 'pending') throw new NotUploadedError();
    const failure = compareWithClaims(video, claims);
    if (failure !== undefined) {
      // The removal has a deadline of its own: time spent looking must not leave behind what is refused.
      await this.#always('deleteVideo', options, (request) => this.doDeleteVideo(claims.videoId, request));
      throw new ContentMismatchError(failure);
    }
    this.logUploadSuccess({ ...video, userId: claims.userId, contextId: claims.contextId }, options);
    return video;
  }

  /** @inheritDoc */
  abortUpload(uploadReference: string, options: UploadCallOptions): Promise<void> {
    return this.#call('abortUpload', options, async () => {
      const claims = await this.claims(uploadReference, options);
      await this.#always('abortUpload', options, (request) => this.doAbortUpload(claims, request));
      const { videoId, userId, contextId } = claims;
      this.#events.log('info', 'upload.aborted', { videoId, userId, contextId }, options);
    });
  }

  /** @inheritDoc */
  getPlaybackUrl(videoId: string, options: PlaybackOptions = {}): Promise<Playback> {
    return this.#call('getPlaybackUrl', options, async () => {
      if (!isVideoId(videoId)) throw new VideoNotFoundError();
      const request = toPlaybackRequest(options);
      await this.#rateLimiter.checkPlaybackLimit(request.viewer);
      const playback = await this.doGetPlaybackUrl(videoId, request);
      this.logPlaybackAccess(videoId, request.viewer, options, playback.expiresAt);
      return playback;
    });
  }

  /** @inheritDoc */
  deleteVideo(videoId: string, options: CallOptions = {}): Promise<Deletion> {
    return this.#call('deleteVideo', options, async () => {
      if (!isVideoId(videoId)) throw new VideoNotFoundError();
      const deletion = await this.#always('deleteVideo', options, (request) => this.doDeleteVideo(videoId, request));
      if (deletion.purged) this.#events.log('info', 'video.deleted', { videoId }, options);
      return deletion;
    });
  }

  /** @inheritDoc */
  videoExists(videoId: string, options: CallOptions = {}): Promise<boolean> {
    return this.#call(
      'videoExists',
      options,
      async () => (await this.#read('videoExists', videoId, options)) !== undefined,
    );
  }

  /** @inheritDoc */
  getVideoMetadata(videoId: string, options: CallOptions = {}): Promise<VideoMetadata> {
    return this.#call('getVideoMetadata', options, async () => {
      const video = await this.#read('getVideoMetadata', videoId, options);
      if (video === undefined) throw new VideoNotFoundError();
      return video;
    });
  }

  /** @inheritDoc */
  listVideos(options: ListOptions = {}): Promise<VideoPage> {
    return this.#call('listVideos', options, async () => {
      const request = toListRequest(options);
      return this.#always('listVideos', request, (attempt) => this.doListVideos(attempt));
    });
  }

  /** @inheritDoc */
  abstract estimateCost(usage: Usage): CostEstimate;

  /** The request in canonical form, its id chosen. @throws {ValidationError} with every problem */
  protected async validateUploadRequest(request: UploadRequest): Promise<IdentifiedUploadRequest> {
    const valid = this.#validator.validateUploadRequest(request);
    return { ...valid, uploadId: valid.uploadId ?? randomUploadId() };
  }

  /** Writes `upload.confirmed`. */
  protected logUploadSuccess(video: VideoMetadata, options: CallOptions): void {
    const { videoId, userId, contextId, sizeBytes, durationSeconds } = video;
    const fields = { videoId, userId, contextId, sizeBytes, durationSeconds };
    this.#events.log('info', 'upload.confirmed', fields, options);
  }

  /** Writes `upload.rejected` when the user must change or await something, else `upload.failed`. */
  protected logUploadFailure(
    request: Pick<UploadRequest, 'userId' | 'contextId'> & { readonly videoId?: string },
    error: unknown,
    options: CallOptions,
  ): void {
    this.#events.uploadFailure(request, error, options);
  }

  /** Writes `playback.issued`. */
  protected logPlaybackAccess(
    videoId: string,
    viewer: Viewer | undefined,
    options: CallOptions,
    expiresAt?: Timestamp,
  ): void {
    const { userId, contextId, role } = viewer ?? {};
    this.#events.log('info', 'playback.issued', { videoId, userId, contextId, role, expiresAt }, options);
  }

  /**
   * For a facet's methods: reference → claims of this user.
   * @throws {VideoNotFoundError} forged, or another's @throws {UploadExpiredError}
   */
  protected async claims(uploadReference: string, options: UploadCallOptions): Promise<UploadClaims> {
    const claims = await this.#uploadReference.verify(uploadReference, this.backendName);
    const { userId } = options;
    if (typeof userId !== 'string' || claims.userId !== userId.normalize('NFC')) throw new VideoNotFoundError();
    return claims;
  }

  /** The one way to the retry handler: each retry is logged. For facets and for extras beside the storage. */
  protected retry<T>(
    operation: { readonly name: string; readonly class: RetryClass },
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
    options: CallOptions,
  ): Promise<T> {
    const onRetry = (retry: Retry) => {
      const fields = {
        operation: retry.operation,
        attempt: retry.attempt,
        delayMs: retry.delayMs,
        code: retry.error.code,
      };
      this.#events.log('warn', 'backend.retry', fields, options);
    };
    return this.#retryHandler.run({ ...operation, onRetry }, attempt, options);
  }

  /** Leave to upload; the same `uploadId` must give the same video. */
  protected abstract doGetUploadUrl(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload>;
  /** The storage's truth; the template compares it with the claims and deletes on mismatch. Completes multipart first. */
  protected abstract doConfirmUpload(claims: UploadClaims, options: ConfirmOptions): Promise<VideoMetadata>;
  /** Releases all that the upload holds; repeated calls succeed. */
  protected abstract doAbortUpload(claims: UploadClaims, options: CallOptions): Promise<void>;
  /** Signs; asks nobody. */
  protected abstract doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<Playback>;
  /** Removes origin and edge; missing is success. */
  protected abstract doDeleteVideo(videoId: string, options: CallOptions): Promise<Deletion>;
  /** Undefined for a positive "not found"; serves `videoExists` and `getVideoMetadata`. */
  protected abstract doGetVideoMetadata(videoId: string, options: CallOptions): Promise<VideoMetadata | undefined>;
  /** One page, newest first. */
  protected abstract doListVideos(options: ListRequest): Promise<VideoPage>;

  get #events(): StorageEvents {
    return new StorageEvents(this.#logger, this.backendName);
  }

  #always<O extends CallOptions, T>(name: string, options: O, attempt: (options: O) => Promise<T>): Promise<T> {
    return this.retry({ name, class: 'always' }, (signal) => attempt({ ...options, signal }), options);
  }

  async #read(operation: string, videoId: string, options: CallOptions): Promise<VideoMetadata | undefined> {
    if (!isVideoId(videoId)) return undefined;
    return this.#always(operation, options, (request) => this.doGetVideoMetadata(videoId, request));
  }

  /** Notes where an error happened and writes its events; a caller's abort is nobody's failure. */
  async #call<T>(
    operation: string,
    options: CallOptions,
    work: () => Promise<T>,
    onFailure?: (error: unknown) => void,
  ): Promise<T> {
    try {
      options.signal?.throwIfAborted();
      return await work();
    } catch (error) {
      if (options.signal?.aborted && error === options.signal.reason) throw error;
      this.#events.rateLimitDenied(operation, error, options);
      onFailure?.(error);
      throw recordOrigin(error, this.backendName, operation);
    }
  }
}

/** 122 random bits (RFC 9562, version 4); platforms keep some ahead, so that none is waited for. */
function randomUploadId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
