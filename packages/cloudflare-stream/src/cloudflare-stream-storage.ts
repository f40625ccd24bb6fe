import {
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
import {
  type CloudflareStreamOptions,
  type ParsedStreamOptions,
  parseStreamOptions,
} from './cloudflare-stream-options.ts';
import { CopyFromUrl } from './copy-from-url.ts';
import { estimateStreamCost } from './cost-estimate.ts';
import { Downloads } from './downloads.ts';
import { StreamList } from './stream-list.ts';
import { StreamPlayback } from './stream-playback.ts';
import { StreamSigningKeys } from './stream-signing-keys.ts';
import { StreamUploads } from './stream-uploads.ts';
import { toCreator, toVideoMetadata } from './video-meta.ts';
import { StreamWebhooks } from './webhooks.ts';

const POLL_MS = 2000;

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
  protected override readonly mintRetryClass: RetryClass = 'if-not-sent';

  readonly #options: Pick<ParsedStreamOptions, 'defaultMaxDurationSeconds'>;
  readonly #prices: CloudflareStreamOptions['prices'];
  readonly #client: CloudflareClient;
  readonly #api: CloudflareApi;
  readonly #uploads: StreamUploads;
  readonly #playback: StreamPlayback;
  readonly #list: StreamList;

  /** @throws {ConfigurationError} naming every wrong setting */
  constructor(options: CloudflareStreamOptions) {
    super(options);
    const parsed = parseStreamOptions(options);
    const { apiOrigin, accountId, apiToken } = parsed;
    const send = createHttpSend({ dispatcher: options.dispatcher });
    this.#api = new CloudflareApi({ send, apiOrigin, accountId, apiToken, clock: this.clock });
    this.#client = new CloudflareClient(this.#api);
    this.#options = { defaultMaxDurationSeconds: parsed.defaultMaxDurationSeconds };
    this.#prices = options.prices;
    this.#uploads = new StreamUploads(this.#client, parsed, this.clock);
    this.#playback = new StreamPlayback(this.#client, parsed, this.clock);
    this.#list = new StreamList(this.#client);
    this.webhooks = new StreamWebhooks(this.#api, parsed.webhookSecrets, this.clock);
    this.signingKeys = new StreamSigningKeys(this.#api);
    this.captions = new Captions(this.#api);
    this.downloads = new Downloads(this.#api);
  }

  /**
   * Waits until a video can be played, or has failed. Default deadline: ten minutes.
   * @throws {TimeoutError} @throws {VideoNotFoundError}
   */
  async waitUntilReady(videoId: string, options: CallOptions = {}): Promise<VideoMetadata> {
    const timeoutMs = options.timeoutMs ?? 600_000;
    const wait = async (signal: AbortSignal) => {
      for (;;) {
        const video = await this.getVideoMetadata(videoId, { ...options, signal, timeoutMs: undefined });
        if (video.playable || video.status === 'failed') return video;
        await this.clock.sleep(POLL_MS, signal);
      }
    };
    return this.retry({ name: 'waitUntilReady', class: 'never' }, wait, { ...options, timeoutMs });
  }

  /** Minutes stored and bought, of the account or of one user. @throws {BackendError} */
  async getStorageUsage(userId?: string, options: CallOptions = {}): Promise<StorageUsage> {
    const creator = userId === undefined ? undefined : await toCreator(userId);
    const read = (signal: AbortSignal) => this.#client.getStorageUsage(creator, signal);
    return this.retry({ name: 'getStorageUsage', class: 'always' }, read, options);
  }

  /** Fetching videos from other servers: off unless it is made, since it lets a server be sent to any public address. */
  copyFromUrl(): CopyFromUrl {
    return new CopyFromUrl(this.#api);
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateStreamCost(usage, this.#prices);
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

  protected doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<Playback> {
    return this.#playback.play(videoId, options);
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
