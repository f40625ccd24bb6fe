import {
  BackendError,
  BaseStorage,
  type CallOptions,
  type CostEstimate,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type ListRequest,
  type Playback,
  type PlaybackRequest,
  type RetryClass,
  TimeoutError,
  toTimestamp,
  type UploadClaims,
  type UploadRequest,
  type Usage,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoPage,
} from '@videostorage/core';
import { createHttpSend } from '#http';
import { Captions } from './captions.ts';
import { CloudflareApi } from './cloudflare-api.ts';
import { CloudflareClient, type StorageUsage } from './cloudflare-client.ts';
import { type CloudflareStreamOptions, parseStreamOptions } from './cloudflare-stream-options.ts';
import { CopyFromUrl } from './copy-from-url.ts';
import { estimateStreamCost } from './cost-estimate.ts';
import { Downloads } from './downloads.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import { pollDelayMs } from './poll-delay.ts';
import type { RunCall } from './run-call.ts';
import { StreamList } from './stream-list.ts';
import { StreamPlayback } from './stream-playback.ts';
import type { StreamPlaybackExtras, StreamPlaybackOptions } from './stream-playback-options.ts';
import { StreamSigningKeys } from './stream-signing-keys.ts';
import { StreamUploads } from './stream-uploads.ts';
import { toCreator, toVideoMetadata } from './video-meta.ts';
import { parseVideoChanges, toVideoUpdate, type VideoChanges } from './video-update.ts';
import { StreamWebhooks } from './webhooks.ts';

const WAIT_TIMEOUT_MS = 600_000;
const QUESTION_TIMEOUT_MS = 10_000;

/** Options of `waitUntilReady`. */
export interface WaitOptions extends CallOptions {
  /** True: until all renditions are there. Default false: until the first can be played. */
  readonly fullyEncoded?: boolean | undefined;
}

/** Videos on Cloudflare Stream: direct uploads, signed playback, webhooks. */
export class CloudflareStreamStorage extends BaseStorage {
  /** `cloudflare-stream`. */
  readonly backendName = 'cloudflare-stream';
  /** Calls of the vendor; subscribing is here too. */
  override readonly webhooks: StreamWebhooks;
  /** Keys that sign playback here. */
  readonly signingKeys: StreamSigningKeys;
  /** Text tracks of videos. */
  readonly captions: Captions;
  /** Files to save. */
  readonly downloads: Downloads;
  /** Fetching videos from other servers; there only with `allowCopyFromUrl`. */
  readonly copyFromUrl?: CopyFromUrl;
  protected override readonly mintRetryClass: RetryClass = 'if-not-sent';

  readonly #options: Pick<ParsedStreamOptions, 'defaultMaxDurationSeconds' | 'prices'>;
  readonly #client: CloudflareClient;
  readonly #uploads: StreamUploads;
  readonly #playback: StreamPlayback;
  readonly #list: StreamList;

  /** @throws {ConfigurationError} naming every wrong setting */
  constructor(options: CloudflareStreamOptions) {
    const parsed = parseStreamOptions(options);
    super(options);
    const { apiOrigin, accountId, apiToken, dispatcher, defaultMaxDurationSeconds, prices } = parsed;
    const send = createHttpSend({ dispatcher });
    const api = new CloudflareApi({ send, apiOrigin, accountId, apiToken, clock: this.clock });
    const run: RunCall = (call, attempt, callOptions) => this.retry(call, attempt, callOptions);
    this.#options = { defaultMaxDurationSeconds, prices };
    this.#client = new CloudflareClient(api);
    this.#uploads = new StreamUploads(this.#client, parsed, this.clock, run);
    this.#playback = new StreamPlayback(this.#client, parsed, this.clock);
    this.#list = new StreamList(this.#client);
    this.webhooks = new StreamWebhooks(api, parsed.webhookSecrets, this.clock, run);
    this.signingKeys = new StreamSigningKeys(api, run);
    this.captions = new Captions(api, run);
    this.downloads = new Downloads(api, run);
    if (parsed.allowCopyFromUrl) this.copyFromUrl = new CopyFromUrl(this.#client, parsed, this.clock, run);
  }

  /**
   * As the port says; poster, animated preview and access rules can be chosen too. Asks the API only where no signing key
   * is set, and once for the customer code where that is not set. @throws {ValidationError} @throws {BackendError}
   */
  override getPlaybackUrl(videoId: string, options: StreamPlaybackOptions = {}): Promise<Playback> {
    return super.getPlaybackUrl(videoId, options);
  }

  /**
   * Waits until a video can be played, or has failed. Asks after 1, 1.5, 2.25 … at most 15 seconds. Default deadline: ten minutes.
   * @throws {TimeoutError} @throws {VideoNotFoundError}
   */
  async waitUntilReady(videoId: string, options: WaitOptions = {}): Promise<VideoMetadata> {
    const { fullyEncoded = false, timeoutMs = WAIT_TIMEOUT_MS, ...callOptions } = options;
    const endsAtMs = this.clock.now() + timeoutMs;
    for (let asked = 0; ; asked++) {
      const remainingMs = endsAtMs - this.clock.now();
      if (remainingMs <= 0) {
        const { backendName } = this;
        throw new TimeoutError('The video was not ready in time.', { backendName, operation: 'waitUntilReady' });
      }
      const question = { ...callOptions, timeoutMs: Math.min(QUESTION_TIMEOUT_MS, remainingMs) };
      const video = await this.getVideoMetadata(videoId, question);
      const isThere = fullyEncoded ? video.status === 'ready' && video.progress === undefined : video.playable;
      if (isThere || video.status === 'failed') return video;
      await this.clock.sleep(Math.min(pollDelayMs(asked), endsAtMs - this.clock.now()), options.signal);
    }
  }

  /**
   * Changes what is named of a video, and leaves the rest. Two changes of name or `custom` at once may lose one of them: the
   * API knows no versions. @throws {ValidationError} @throws {VideoNotFoundError} @throws {BackendError}
   */
  async updateVideo(videoId: string, changes: VideoChanges, options: CallOptions = {}): Promise<VideoMetadata> {
    const valid = parseVideoChanges(changes);
    const update = async (signal: AbortSignal) => {
      const present = await this.#client.getVideoDetails(videoId, signal);
      const updated = present && (await this.#client.updateVideo(videoId, toVideoUpdate(valid, present), signal));
      if (updated === undefined) throw new VideoNotFoundError();
      if (valid.requireSignedUrls === true && !updated.requireSignedURLs) {
        throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare left a video public that was to be private.');
      }
      return toVideoMetadata(updated, this.backendName);
    };
    return this.retry({ name: 'updateVideo', class: 'always' }, update, options);
  }

  /** Minutes stored and bought, of the account or of one user. @throws {BackendError} */
  async getStorageUsage(userId?: string, options: CallOptions = {}): Promise<StorageUsage> {
    const creator = userId === undefined ? undefined : await toCreator(userId);
    const read = (signal: AbortSignal) => this.#client.getStorageUsage(creator, signal);
    return this.retry({ name: 'getStorageUsage', class: 'always' }, read, options);
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateStreamCost(usage, this.#options.prices);
  }

  /** The duration that is reserved is part of the promise, so its default is decided here. */
  protected override async validateUploadRequest(request: UploadRequest): Promise<IdentifiedUploadRequest> {
    const valid = await super.validateUploadRequest(request);
    return { ...valid, maxDurationSeconds: valid.maxDurationSeconds ?? this.#options.defaultMaxDurationSeconds };
  }

  protected doGetUploadUrl(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    return this.#uploads.issue(request, options);
  }

  protected async doConfirmUpload(claims: UploadClaims, options: CallOptions): Promise<VideoMetadata> {
    const { videoId, uploadId } = claims;
    const details = await this.#client.getVideoDetails(videoId, options.signal);
    if (details === undefined) {
      const createdAt = toTimestamp(this.clock.now());
      return { videoId, backendName: this.backendName, status: 'pending', playable: false, createdAt };
    }
    if (details.meta['uploadId'] !== uploadId) throw new VideoNotFoundError();
    return toVideoMetadata(details, this.backendName);
  }

  protected async doAbortUpload(claims: UploadClaims, options: CallOptions): Promise<void> {
    await this.#client.deleteVideo(claims.videoId, options.signal);
  }

  protected async doGetPlaybackUrl(
    videoId: string,
    options: PlaybackRequest & StreamPlaybackExtras,
  ): Promise<Playback> {
    if (this.#playback.asksNobody) return this.#playback.play(videoId, options);
    const play = (signal: AbortSignal) => this.#playback.play(videoId, { ...options, signal });
    return this.retry({ name: 'getPlaybackUrl', class: 'always' }, play, options);
  }

  protected async doDeleteVideo(videoId: string, options: CallOptions): Promise<Deletion> {
    await this.#client.deleteVideo(videoId, options.signal);
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string, options: CallOptions): Promise<VideoMetadata | undefined> {
    const details = await this.#client.getVideoDetails(videoId, options.signal);
    return details && toVideoMetadata(details, this.backendName);
  }

  protected doListVideos(options: ListRequest): Promise<VideoPage> {
    return this.#list.page(this.backendName, options);
  }
}
