import {
  BackendError,
  BaseStorage,
  booleanOption,
  type CallOptions,
  type CallRunner,
  type ConfirmOptions,
  ConflictError,
  type ContentMatch,
  type CostEstimate,
  callOptionSchemas,
  callOptionsOf,
  checkCallOptions,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedPlayback,
  type IssuedUpload,
  isVideoStorageError,
  type ListRequest,
  type Maintenance,
  type OptionSchemas,
  optional,
  type Playback,
  type PlaybackRequest,
  refuseOption,
  type StorageCall,
  type StoredVideo,
  type StoredVideoPage,
  TimeoutError,
  type UploadClaims,
  type Usage,
  type VideoMetadata,
  VideoNotFoundError,
} from '@videostorage/core';
import { createHttpSend } from '#http';
import type { ApiAllowance } from './api-allowance.ts';
import { Captions } from './captions.ts';
import { CloudflareApi } from './cloudflare-api.ts';
import { CloudflareClient, type StorageUsage } from './cloudflare-client.ts';
import type { CloudflareStreamOptions } from './cloudflare-stream-options.ts';
import { CopyFromUrl } from './copy-from-url.ts';
import { estimateStreamCost } from './cost-estimate.ts';
import { Downloads } from './downloads.ts';
import { NewVideos } from './new-videos.ts';
import { type ParsedStreamOptions, parseStreamOptions } from './parsed-stream-options.ts';
import { pollDelayMs } from './poll-delay.ts';
import { ProviderTime } from './provider-time.ts';
import { StreamList } from './stream-list.ts';
import { StreamMaintenance } from './stream-maintenance.ts';
import { StreamPlayback } from './stream-playback.ts';
import {
  playbackExtraNames,
  type StreamPlaybackExtras,
  type StreamPlaybackOptions,
} from './stream-playback-options.ts';
import { StreamSigningKeys } from './stream-signing-keys.ts';
import { StreamUploads } from './stream-uploads.ts';
import type { VideoDetails } from './video-details.ts';
import { isUnconfirmed, metaText, toCreator, toStoredVideo, uploadCreator } from './video-meta.ts';
import {
  type Adoption,
  parseAdoption,
  parseVideoChanges,
  toAdoptionUpdate,
  toVideoUpdate,
  type VideoChanges,
} from './video-update.ts';
import { StreamWebhooks } from './webhooks.ts';

const WAIT_TIMEOUT_MS = 600_000;
const QUESTION_TIMEOUT_MS = 10_000;

const UNPLAYABLE =
  'This storage issues URLs without tokens, so a private video could not be played: create it with `requireSignedUrls: true`.';

/** Options of `waitUntilReady`. */
export interface WaitOptions extends CallOptions {
  /** True: waits until all renditions are encoded. Default false: waits until the first one can be played. */
  readonly fullyEncoded?: boolean | undefined;
}

/** A misspelt `fullyEncoded` would end the wait too early. */
const WAIT = { fullyEncoded: optional(booleanOption), ...callOptionSchemas } satisfies OptionSchemas<WaitOptions>;

/** Videos on Cloudflare Stream: direct uploads, signed playback, webhooks. */
export class CloudflareStreamStorage extends BaseStorage {
  /** Deletes uploads that were sent but never confirmed, which Stream would otherwise store and bill forever. */
  override readonly maintenance: Maintenance;
  /** Webhooks from the provider, including the subscription. */
  override readonly webhooks: StreamWebhooks;
  /** Creates, lists and deletes the keys that sign playback locally. */
  readonly signingKeys: StreamSigningKeys;
  /** Captions of videos. */
  readonly captions: Captions;
  /** Files that viewers can save. */
  readonly downloads: Downloads;
  /** Copies videos from other servers; present only with `allowCopyFromUrl`. */
  readonly copyFromUrl?: CopyFromUrl;

  protected override readonly playbackOptionNames: readonly string[] = playbackExtraNames;

  readonly #options: ParsedStreamOptions;
  readonly #api: CloudflareApi;
  readonly #client: CloudflareClient;
  readonly #uploads: StreamUploads;
  readonly #playback: StreamPlayback;
  readonly #list: StreamList;

  /** @throws {ConfigurationError} naming every wrong setting */
  constructor(options: CloudflareStreamOptions) {
    const parsed = parseStreamOptions(options);
    super('cloudflare-stream', options);
    const { apiOrigin, accountId, apiToken, dispatcher } = parsed;
    const providerTime = new ProviderTime(this.clock);
    const send = createHttpSend({ dispatcher });
    this.#api = new CloudflareApi({ send, apiOrigin, accountId, apiToken, clock: this.clock, providerTime });
    const call: CallRunner = (operation, callOptions, work) => this.call(operation, callOptions, work);
    const client = new CloudflareClient(this.#api);
    const newVideos = new NewVideos(client);
    this.#options = parsed;
    this.#client = client;
    this.#uploads = new StreamUploads({
      ...{ client, newVideos, options: parsed, providerTime },
      ticketExpiresAtMs: (protocol) => this.ticketExpiresAtMs(protocol),
    });
    this.#playback = new StreamPlayback(client, parsed, providerTime, call);
    this.#list = new StreamList(client);
    this.maintenance = new StreamMaintenance({ client, list: this.#list, clock: this.clock, providerTime, call });
    this.webhooks = new StreamWebhooks(this.#api, parsed.webhookSecrets, providerTime, call);
    this.signingKeys = new StreamSigningKeys(this.#api, call);
    this.captions = new Captions(this.#api, call);
    this.downloads = new Downloads(this.#api, call);
    if (parsed.allowCopyFromUrl) {
      this.copyFromUrl = new CopyFromUrl({ client, newVideos, options: parsed, providerTime, call });
    }
  }

  /**
   * How many requests to the API are left, according to Cloudflare's last answer; undefined before the first answer. At
   * 0 Cloudflare blocks the token for five minutes, so a host app that sweeps or lists a lot should slow down before
   * that.
   */
  get apiAllowance(): ApiAllowance | undefined {
    return this.#api.allowance;
  }

  /**
   * Like `VideoStorage.getPlaybackUrl`, with options for poster, animated preview and access rules. Sends a request to
   * the API only when no signing key is set, and once for the customer code when that is not set.
   * @throws {ValidationError} @throws {BackendError}
   */
  override getPlaybackUrl(videoId: string, options: StreamPlaybackOptions = {}): Promise<Playback> {
    return super.getPlaybackUrl(videoId, options);
  }

  /**
   * Waits until a confirmed video can be played, or has failed. Polls after 1, 1.5, 2.25 … at most 15 seconds. A
   * request that fails is repeated, so only the deadline of this call ends the wait. Default deadline: ten minutes.
   * @throws {TimeoutError} @throws {VideoNotFoundError} @throws {BackendError} Stream refused the request, so repeating
   * it does not help
   */
  async waitUntilReady(videoId: string, options: WaitOptions = {}): Promise<VideoMetadata> {
    const { fullyEncoded = false, timeoutMs = WAIT_TIMEOUT_MS } = options;
    const callOptions = callOptionsOf(options);
    return this.call('waitUntilReady', { ...callOptions, timeoutMs }, async ({ signal }) => {
      checkCallOptions(options, WAIT);
      const endsAtMs = this.clock.now() + timeoutMs;
      let lastFailure: unknown;
      for (let asked = 0; ; asked++) {
        const remainingMs = endsAtMs - this.clock.now();
        if (remainingMs < 1) throw new TimeoutError('The video was not ready in time.', { cause: lastFailure });
        const question = { ...callOptions, signal, timeoutMs: Math.min(QUESTION_TIMEOUT_MS, remainingMs) };
        let pauseMs = pollDelayMs(asked);
        try {
          const video = await this.getVideoMetadata(videoId, question);
          const isThere = fullyEncoded ? video.status === 'ready' && video.progress === undefined : video.playable;
          if (isThere || video.status === 'failed') return video;
        } catch (error) {
          signal.throwIfAborted();
          if (!isVideoStorageError(error) || !error.retryable) throw error;
          lastFailure = error;
          pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
        }
        const leftMs = endsAtMs - this.clock.now();
        if (leftMs > 0) await this.clock.sleep(Math.min(pauseMs, leftMs), signal);
      }
    });
  }

  /**
   * Changes the given settings of a confirmed video; all others stay unchanged. Of two simultaneous changes of name or
   * `custom`, one may be lost, since the API has no versions.
   * @throws {ValidationError} @throws {VideoNotFoundError}
   * @throws {BackendError}
   */
  async updateVideo(videoId: string, changes: VideoChanges, options: CallOptions = {}): Promise<VideoMetadata> {
    return this.call('updateVideo', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const valid = parseVideoChanges(changes);
      if (valid.requireSignedUrls === true && !this.#options.requireSignedUrls) {
        refuseOption('requireSignedUrls', UNPLAYABLE);
      }
      const present = await this.#details(videoId, call);
      if (present === undefined || isUnconfirmed(present)) throw new VideoNotFoundError();
      const updated = await this.#edit(videoId, toVideoUpdate(valid, present), call);
      if (valid.requireSignedUrls === true) refusePublic(updated);
      return this.#named(updated);
    });
  }

  /**
   * Gives a video that was uploaded in another way (in the dashboard, by a script) to a user: afterwards it has the
   * user's id, the context and the name, like a confirmed video. With `requireSignedUrls` it can then be played only with
   * a token. Safe to repeat.
   * @throws {ConflictError} the video belongs to an upload in progress, for which `confirmUpload` is meant; or it is
   * private, and the storage issues no tokens
   * @throws {ValidationError} @throws {VideoNotFoundError} @throws {BackendError}
   */
  async adoptVideo(videoId: string, adoption: Adoption, options: CallOptions = {}): Promise<VideoMetadata> {
    return this.call('adoptVideo', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const valid = parseAdoption(adoption);
      const present = await this.#details(videoId, call);
      if (present === undefined) throw new VideoNotFoundError();
      if (isUnconfirmed(present))
        throw new ConflictError('This video is an upload in progress; confirm it with its reference.');
      const { requireSignedUrls } = this.#options;
      if (present.requireSignedURLs && !requireSignedUrls) throw new ConflictError(UNPLAYABLE);
      const adopted = await this.#edit(videoId, await toAdoptionUpdate(valid, present, this.#options), call);
      if (requireSignedUrls) refusePublic(adopted);
      return this.#named(adopted);
    });
  }

  /** Returns the minutes stored and bought, of the account or of one user. @throws {BackendError} */
  async getStorageUsage(userId?: string, options: CallOptions = {}): Promise<StorageUsage> {
    return this.call('getStorageUsage', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const creator = userId === undefined ? undefined : await toCreator(userId);
      return call.step('always', (signal) => this.#client.getStorageUsage(creator, signal));
    });
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateStreamCost(usage, this.#options.prices);
  }

  protected doGetUploadUrl(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    return this.#uploads.create(request, call);
  }

  /**
   * Publishes by one edit that may be repeated: `creator` becomes the user. A reference is issued for what was created only, so
   * what is not there any more was cancelled, refused or deleted.
   */
  protected async doConfirmUpload(
    claims: UploadClaims,
    options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined> {
    const details = await this.#details(claims.videoId, call);
    const creator = await toCreator(claims.userId);
    if (details === undefined || !isOfUpload(details, claims, creator)) throw new VideoNotFoundError();
    if (details.state === 'pendingupload') return undefined;
    const video = toStoredVideo(details);
    const { outcome } = this.matchClaims(video, claims);
    const isAccepted = outcome === 'match' || (outcome === 'undetermined' && options.acceptUnverified === true);
    if (!isAccepted || details.creator === creator) return video;
    await this.#edit(claims.videoId, { creator }, call);
    // An abort that read the upload just before this confirm may be deleting it at the same time.
    const confirmed = await this.#details(claims.videoId, call);
    if (confirmed === undefined) throw new VideoNotFoundError();
    if (confirmed.creator === creator) return toStoredVideo(confirmed);
    throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare did not set the `creator` of a confirmed video.');
  }

  /**
   * The provider enforces the duration that was reserved. Where the request set none, that is a default, which deletes nothing:
   * the host app may raise `defaultMaxDurationSeconds`, or cancel the upload.
   */
  protected override matchClaims(video: StoredVideo, claims: UploadClaims): ContentMatch {
    if (video.failure?.code !== 'DURATION_EXCEEDED' || claims.maxDurationSeconds !== undefined) {
      return super.matchClaims(video, claims);
    }
    const { defaultMaxDurationSeconds } = this.#options;
    const message = `The video is longer than the ${defaultMaxDurationSeconds} seconds of \`defaultMaxDurationSeconds\`; pass \`maxDurationSeconds\` with the request of a longer one.`;
    return { outcome: 'undetermined', message };
  }

  protected async doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<boolean> {
    const details = await this.#details(claims.videoId, call);
    if (details === undefined) return true;
    // A video with another creator is confirmed, and stays.
    if (details.creator !== uploadCreator(claims.uploadId)) return false;
    await this.doDeleteVideo(claims.videoId, call);
    return true;
  }

  protected doGetPlaybackUrl(
    videoId: string,
    request: PlaybackRequest & StreamPlaybackExtras,
    call: StorageCall,
  ): Promise<IssuedPlayback> {
    return this.#playback.issue(videoId, request, call);
  }

  protected async doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion> {
    await call.step('always', (signal) => this.#client.deleteVideo(videoId, signal));
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined> {
    const details = await this.#details(videoId, call);
    return details === undefined || isUnconfirmed(details) ? undefined : toStoredVideo(details);
  }

  protected doListVideos(request: ListRequest, call: StorageCall): Promise<StoredVideoPage> {
    return this.#list.page(request, call);
  }

  #details(videoId: string, call: StorageCall): Promise<VideoDetails | undefined> {
    return call.step('always', (signal) => this.#client.getVideoDetails(videoId, signal));
  }

  /** @throws {VideoNotFoundError} it was deleted meanwhile */
  async #edit(videoId: string, body: object, call: StorageCall): Promise<VideoDetails> {
    const edited = await call.step('always', (signal) => this.#client.updateVideo(videoId, body, signal));
    if (edited === undefined) throw new VideoNotFoundError();
    return edited;
  }

  #named(details: VideoDetails): VideoMetadata {
    return { ...toStoredVideo(details), backendName: this.backendName };
  }
}

/** @throws {BackendError} the video is public, so that everybody who knows its id can play it */
function refusePublic({ requireSignedURLs }: VideoDetails): void {
  if (requireSignedURLs) return;
  throw new BackendError('BACKEND_REFUSED', 'Cloudflare left a video public that must be private.');
}

/** Before its confirm by its creator; afterwards by its user and the id of the upload in `meta`. */
function isOfUpload(details: VideoDetails, { uploadId }: UploadClaims, creator: string): boolean {
  if (details.creator === uploadCreator(uploadId)) return true;
  return details.creator === creator && metaText(details, 'uploadId') === uploadId;
}
