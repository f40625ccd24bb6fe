import type { CostEstimate, Usage } from '../contract/cost.ts';
import type { Playback, PlaybackOptions, Viewer } from '../contract/playback.ts';
import type { Clock, Timestamp } from '../contract/primitives.ts';
import type {
  CallOptions,
  ConfirmOptions,
  Deletion,
  ListOptions,
  Maintenance,
  MultipartUploads,
  UploadCallOptions,
  VideoStorage,
  Webhooks,
} from '../contract/storage.ts';
import type { UploadRequest, UploadTicket } from '../contract/upload.ts';
import type { VideoMetadata, VideoPage } from '../contract/video-metadata.ts';
import { recordOrigin } from '../errors/record-origin.ts';
import {
  ContentMismatchError,
  ContentUnverifiableError,
  NotUploadedError,
  VideoNotFoundError,
} from '../errors/request-errors.ts';
import { Logger } from '../log/logger.ts';
import { callOptionSchemas, confirmOptionSchemas, uploadCallOptionSchemas } from '../options/call-option-schemas.ts';
import { checkBaseOptions } from '../options/storage-options.ts';
import { MemoryRateLimitStore } from '../rate-limit/memory-rate-limit-store.ts';
import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { HmacFactory } from '../reference/hmac.ts';
import type { UploadClaims } from '../reference/upload-claims.ts';
import { UploadReference } from '../reference/upload-reference.ts';
import { checkedTimeoutMs } from '../retry/checked-timeout-ms.ts';
import { type Retry, RetryHandler } from '../retry/retry-handler.ts';
import { systemClock } from '../time/system-clock.ts';
import { toTimestamp } from '../time/timestamp.ts';
import { isVideoId } from '../validation/object-video-id.ts';
import { randomId } from '../validation/random-id.ts';
import { Validator } from '../validation/validator.ts';
import type { IssuedPlayback, StoredVideo, StoredVideoPage } from './backend-answers.ts';
import type { BaseStorageOptions } from './base-storage-options.ts';
import { DEFAULT_TICKET_SECONDS } from './default-ticket-seconds.ts';
import type { IdentifiedUploadRequest, IssuedUpload } from './issued-upload.ts';
import { type ListRequest, toListRequest } from './list-request.ts';
import { type ContentMatch, matchClaims } from './match-claims.ts';
import { checkCallOptions } from './option-problems.ts';
import { type PlaybackRequest, toPlaybackRequest } from './playback-request.ts';
import { StorageCall } from './storage-call.ts';
import { StorageEvents } from './storage-events.ts';
import { REFERENCE_GRACE_MS } from './ticket-end.ts';

/** A player renews its grant after four fifths of the grant's lifetime, so that a slow renewal does not interrupt playback. */
const RENEW_AFTER = 0.8;

/**
 * The base class of a backend. Around each `do…` method that the backend implements, it validates the input, applies rate
 * limits, and logs. A `do…` method makes each provider request in a `call.step`, which retries it. The optional members
 * of `VideoStorage` (its facets) and a backend's own methods run through the same `call`, so every error carries
 * `backendName` and `operation`.
 */
export abstract class BaseStorage implements VideoStorage {
  /** @inheritDoc */
  readonly backendName: string;
  /** @inheritDoc */
  declare readonly multipart?: MultipartUploads;
  /** @inheritDoc */
  declare readonly webhooks?: Webhooks;
  /** @inheritDoc */
  declare readonly maintenance?: Maintenance;

  /** Dates tickets, grants and references: the injected clock, otherwise the system's. */
  protected readonly clock: Clock;
  /**
   * Names of the playback options that this backend has in addition to those of the contract, and checks itself.
   * `getPlaybackUrl` refuses any other name. Default: none.
   */
  protected readonly playbackOptionNames: readonly string[] = [];

  readonly #uploadExpiresInSeconds: number | undefined;
  readonly #events: StorageEvents;
  readonly #validator: Validator;
  readonly #rateLimiter: RateLimiter;
  readonly #retryHandler: RetryHandler;
  readonly #uploadReference: UploadReference;

  /**
   * Pass `createHmac` if the backend's platform has a faster HMAC than Web Crypto, which is the default.
   * @throws {ConfigurationError} no secret, one of fewer than 32 bytes, or a ticket lifetime that is out of bounds
   */
  constructor(backendName: string, options: BaseStorageOptions, createHmac?: HmacFactory) {
    const { referenceSecrets } = checkBaseOptions(backendName, options);
    this.backendName = backendName;
    this.clock = options.clock ?? systemClock;
    this.#events = new StorageEvents(options.logger ?? new Logger(), backendName);
    this.#uploadExpiresInSeconds = options.uploadExpiresInSeconds;
    this.#validator = options.validator ?? new Validator();
    this.#rateLimiter =
      options.rateLimiter ?? new RateLimiter({ store: new MemoryRateLimitStore({ clock: options.clock }) });
    this.#retryHandler = options.retryHandler ?? new RetryHandler({ clock: options.clock });
    this.#uploadReference = new UploadReference(referenceSecrets, this.clock, createHmac);
  }

  /** @inheritDoc */
  getUploadUrl(request: UploadRequest, options: CallOptions = {}): Promise<UploadTicket> {
    const create = async (call: StorageCall) => {
      const startedAtMs = this.clock.now();
      checkCallOptions(options, callOptionSchemas);
      const valid = await this.validateUploadRequest(request);
      const counts = await this.#rateLimiter.checkUploadLimit(valid);
      options.onRateLimit?.(counts);
      const { state, ...issued } = await this.#create(valid, call);
      const { videoId, expiresAt } = issued;
      const { uploadId, userId, contextId, sizeBytes, mimeType, maxDurationSeconds } = valid;
      const uploadReference = await this.#uploadReference.sign({
        ...{ backendName: this.backendName, uploadId, videoId, userId, sizeBytes, mimeType },
        ...(contextId !== undefined && { contextId }),
        ...(maxDurationSeconds !== undefined && { maxDurationSeconds }),
        ...(state !== undefined && { state }),
        validUntil: toTimestamp(Date.parse(expiresAt) + REFERENCE_GRACE_MS),
      });
      const fields = { videoId, userId, contextId, sizeBytes, expiresAt, elapsedMs: this.clock.now() - startedAtMs };
      this.#events.log('info', 'upload.requested', fields, options);
      return { ...issued, uploadReference };
    };
    return this.call('getUploadUrl', options, create, (error) => this.logUploadFailure(request, error, options));
  }

  async #create(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    try {
      return await this.doGetUploadUrl(request, call);
    } catch (error) {
      const { uploadId } = request;
      throw recordOrigin(error, { backendName: this.backendName, operation: call.operation, uploadId });
    }
  }

  /** @inheritDoc */
  confirmUpload(uploadReference: string, options: ConfirmOptions): Promise<VideoMetadata> {
    let claims: UploadClaims | undefined;
    const confirm = async (call: StorageCall) => {
      claims = await this.claims(uploadReference, options);
      checkCallOptions(options, confirmOptionSchemas);
      const video = await this.doConfirmUpload(claims, options, call);
      if (video === undefined) throw new NotUploadedError();
      const match = this.matchClaims(video, claims);
      if (match.outcome === 'mismatch') {
        // With a deadline of its own: the refused bytes must go even when the inspection used up the call's time.
        await this.doDeleteVideo(claims.videoId, call.forCleanUp());
        throw new ContentMismatchError(match.failure);
      }
      if (match.outcome === 'undetermined' && options.acceptUnverified !== true) {
        throw new ContentUnverifiableError(match.message);
      }
      const confirmed = this.#named(video);
      const { userId, contextId } = claims;
      this.logUploadSuccess({ ...confirmed, userId, ...(contextId !== undefined && { contextId }) }, options);
      return confirmed;
    };
    const onFailure = (error: unknown) => {
      if (claims !== undefined) this.logUploadFailure(claims, error, options);
    };
    return this.call('confirmUpload', options, confirm, onFailure);
  }

  /** @inheritDoc */
  abortUpload(uploadReference: string, options: UploadCallOptions): Promise<void> {
    return this.call('abortUpload', options, async (call) => {
      const claims = await this.claims(uploadReference, options, { acceptExpired: true });
      checkCallOptions(options, uploadCallOptionSchemas);
      if (!(await this.doAbortUpload(claims, call))) return;
      const { videoId, userId, contextId } = claims;
      this.#events.log('info', 'upload.aborted', { videoId, userId, contextId }, options);
    });
  }

  /** @inheritDoc */
  getPlaybackUrl(videoId: string, options: PlaybackOptions = {}): Promise<Playback> {
    return this.call('getPlaybackUrl', options, async (call) => {
      if (!isVideoId(videoId)) throw new VideoNotFoundError();
      const nowMs = this.clock.now();
      const request = toPlaybackRequest(options, nowMs, this.playbackOptionNames);
      const counts = await this.#rateLimiter.checkPlaybackLimit(request.viewer);
      options.onRateLimit?.(counts);
      const issued = await this.doGetPlaybackUrl(videoId, request, call);
      const playback = toPlayback(videoId, issued, request.expiresAt, nowMs);
      this.logPlaybackAccess(videoId, request.viewer, options, playback.expiresAt);
      return playback;
    });
  }

  /** @inheritDoc */
  deleteVideo(videoId: string, options: CallOptions = {}): Promise<Deletion> {
    return this.call('deleteVideo', options, async (call) => {
      // Refuses unknown options: above all `dryRun`, which only sweeps have.
      checkCallOptions(options, callOptionSchemas);
      if (!isVideoId(videoId)) throw new VideoNotFoundError();
      const deletion = await this.doDeleteVideo(videoId, call);
      if (deletion.purged) this.#events.log('info', 'video.deleted', { videoId }, options);
      return deletion;
    });
  }

  /** @inheritDoc */
  videoExists(videoId: string, options: CallOptions = {}): Promise<boolean> {
    return this.call('videoExists', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      return isVideoId(videoId) && (await this.doGetVideoMetadata(videoId, call)) !== undefined;
    });
  }

  /** @inheritDoc */
  getVideoMetadata(videoId: string, options: CallOptions = {}): Promise<VideoMetadata> {
    return this.call('getVideoMetadata', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const video = isVideoId(videoId) ? await this.doGetVideoMetadata(videoId, call) : undefined;
      if (video === undefined) throw new VideoNotFoundError();
      return this.#named(video);
    });
  }

  /** @inheritDoc */
  listVideos(options: ListOptions = {}): Promise<VideoPage> {
    return this.call('listVideos', options, async (call) => {
      const { videos, ...page } = await this.doListVideos(toListRequest(options), call);
      return { ...page, videos: videos.map((video) => this.#named(video)) };
    });
  }

  /** @inheritDoc */
  abstract estimateCost(usage: Usage): CostEstimate;

  /**
   * Returns the request in canonical form; `uploadId` is the caller's, otherwise random.
   * @throws {ValidationError} with every
   * problem
   */
  protected async validateUploadRequest(request: UploadRequest): Promise<IdentifiedUploadRequest> {
    const valid = this.#validator.validateUploadRequest(request);
    return { ...valid, uploadId: valid.uploadId ?? randomId() };
  }

  /** Logs `upload.confirmed`. */
  protected logUploadSuccess(video: VideoMetadata, options: CallOptions): void {
    const { videoId, userId, contextId, sizeBytes, durationSeconds } = video;
    const fields = { videoId, userId, contextId, sizeBytes, durationSeconds };
    this.#events.log('info', 'upload.confirmed', fields, options);
  }

  /** Logs `upload.rejected` when the user can fix the problem by changing something or waiting, otherwise `upload.failed`. */
  protected logUploadFailure(
    request: Pick<UploadRequest, 'userId' | 'contextId'> & { readonly videoId?: string },
    error: unknown,
    options: CallOptions,
  ): void {
    this.#events.uploadFailure(request, error, options);
  }

  /** Logs `playback.issued`. */
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
   * Verifies an upload reference for a method of a facet such as `multipart`, and returns its claims.
   * @throws {VideoNotFoundError} the reference is forged, or belongs to another user
   * @throws {UploadExpiredError} the reference has expired, unless `acceptExpired` is true
   */
  protected async claims(
    uploadReference: string,
    options: UploadCallOptions,
    validity: { readonly acceptExpired?: boolean } = {},
  ): Promise<UploadClaims> {
    const claims = await this.#uploadReference.verify(uploadReference, this.backendName, validity);
    // JavaScript callers may omit the options: without a user id the call is refused like another user's.
    const userId: unknown = options?.userId;
    if (typeof userId !== 'string' || claims.userId !== userId.normalize('NFC')) throw new VideoNotFoundError();
    return claims;
  }

  /**
   * Runs `work` as one call of the storage: the caller's abort and one deadline cover all its requests, events are
   * logged, and `backendName` and `operation` are added to errors. All public methods go through it: those of
   * `VideoStorage`, of facets, and the backend's own. `onFailure` is called with every error except the caller's own
   * abort.
   */
  protected async call<T>(
    operation: string,
    options: CallOptions | undefined,
    work: (call: StorageCall) => Promise<T>,
    onFailure?: (error: unknown) => void,
  ): Promise<T> {
    const given = options ?? {};
    const call = new StorageCall(operation, given, this.#retryHandler, (retry) => this.#logRetry(retry, given));
    try {
      given.signal?.throwIfAborted();
      checkedTimeoutMs(given.timeoutMs);
      return await work(call);
    } catch (error) {
      if (given.signal?.aborted && error === given.signal.reason) throw error;
      this.#events.rateLimitDenied(operation, error, given);
      onFailure?.(error);
      throw recordOrigin(error, { backendName: this.backendName, operation });
    } finally {
      call.release();
    }
  }

  /**
   * Compares an observed video with what its ticket declared. A backend that makes and records this comparison itself,
   * before it publishes the video, overrides this method, so that a repeated confirm returns the recorded outcome.
   */
  protected matchClaims(video: StoredVideo, claims: UploadClaims): ContentMatch {
    return matchClaims(video, claims);
  }

  /**
   * When a ticket that is created now expires, in milliseconds since the epoch: after `uploadExpiresInSeconds`; by
   * default 1 h for `post` and 24 h for `tus` and `multipart`.
   */
  protected ticketExpiresAtMs(protocol: UploadTicket['protocol']): number {
    return this.clock.now() + (this.#uploadExpiresInSeconds ?? DEFAULT_TICKET_SECONDS[protocol]) * 1000;
  }

  /**
   * Creates the upload; the same `uploadId` must lead to the same video. When it fails, it releases within the call
   * what it created.
   */
  protected abstract doGetUploadUrl(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload>;
  /**
   * Completes the upload, if it is multipart, and returns what the storage observed; undefined when nothing, or not
   * everything, has arrived. `BaseStorage` compares the observed video with the claims and deletes it on a mismatch.
   */
  protected abstract doConfirmUpload(
    claims: UploadClaims,
    options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined>;
  /**
   * Releases everything that an unconfirmed upload holds; safe to repeat. Resolves with false for a confirmed upload,
   * which it leaves unchanged, so that no abort is logged.
   */
  protected abstract doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<boolean>;
  /** Signs the grant, if possible without a provider request, since every viewer waits for it. */
  protected abstract doGetPlaybackUrl(
    videoId: string,
    request: PlaybackRequest,
    call: StorageCall,
  ): Promise<IssuedPlayback>;
  /**
   * Makes the video unavailable at the storage, purges its copies from the CDN, then deletes the bytes. Succeeds when the
   * video does not exist.
   */
  protected abstract doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion>;
  /**
   * What is known about a video, for `videoExists` and `getVideoMetadata`. Undefined only when the provider itself
   * answers "not found", or when the upload is not confirmed.
   */
  protected abstract doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined>;
  /** One page of confirmed videos, at most `request.limit` of them. */
  protected abstract doListVideos(request: ListRequest, call: StorageCall): Promise<StoredVideoPage>;

  #named(video: StoredVideo): VideoMetadata {
    return { ...video, backendName: this.backendName };
  }

  #logRetry(retry: Retry, options: CallOptions): void {
    const { operation, attempt, delayMs, error } = retry;
    this.#events.log('warn', 'backend.retry', { operation, attempt, delayMs, code: error.code }, options);
  }
}

/** Adds what is the same on every backend. @throws {VideoNotFoundError} the backend issued no source */
function toPlayback(videoId: string, issued: IssuedPlayback, requestedExpiry: Timestamp, nowMs: number): Playback {
  const [preferred] = issued.sources;
  if (preferred === undefined) throw new VideoNotFoundError();
  const expiresAt = issued.expiresAt ?? requestedExpiry;
  const renewAfter = toTimestamp(nowMs + (Date.parse(expiresAt) - nowMs) * RENEW_AFTER);
  const { kind, url } = preferred;
  return { ...issued, videoId, kind, url, expiresAt, renewAfter };
}
