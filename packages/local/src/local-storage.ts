import {
  BaseStorage,
  type CallOptions,
  type ConfirmOptions,
  type CostEstimate,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type ListRequest,
  Logger,
  type Playback,
  type PlaybackRequest,
  parseObjectVideoId,
  type RetryClass,
  Secret,
  toTimestamp,
  type UploadClaims,
  type Usage,
  type VideoMetadata,
  type VideoPage,
} from '@videostorage/core';
import { confirmLocalUpload } from './confirm-upload.ts';
import { estimateLocalCost } from './estimate-cost.ts';
import { withFileErrors } from './file-error.ts';
import { nodeFileFunctions } from './file-functions.ts';
import { FolderLayout } from './folder-layout.ts';
import { issueLocalPlayback } from './issue-playback.ts';
import { keepsPromise } from './keeps-promise.ts';
import { KeyedLock } from './keyed-lock.ts';
import { LocalEvents } from './local-events.ts';
import { type LocalSettings, type LocalStorageOptions, parseLocalOptions } from './local-options.ts';
import type { LocalParts } from './local-parts.ts';
import { mintLocalUpload, requireReadableType } from './mint-upload.ts';
import { nodeHmac } from './node-hmac.ts';
import { PlaybackHandler } from './playback-handler.ts';
import { prepareFolders } from './prepare-folders.ts';
import { RecentKeys } from './recent-keys.ts';
import { RequestHandler } from './request-handler.ts';
import { isOwnPath } from './request-target.ts';
import { SignedUrls } from './signed-urls.ts';
import { UploadFileStore } from './upload-file-store.ts';
import { UploadHandler } from './upload-handler.ts';
import type { UploadRecord } from './upload-record.ts';
import { UploadSweep } from './upload-sweep.ts';
import { VideoList } from './video-list.ts';
import { toVideoMetadata } from './video-record.ts';
import { VideoStore } from './video-store.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
/** Uploads that every mint looks at, to remove those whose time is over. */
const SWEPT_WITH_EACH_MINT = 8;
/** Videos whose confirmation is remembered as told; beyond, and after a restart, it is told again rather than never. */
const MAX_ANNOUNCED = 1000;
/** No limit: a proxy in front may set one. */
const MAX_CHUNK_BYTES = Number.MAX_SAFE_INTEGER;

/**
 * Videos in a folder of this computer. Browsers send by tus to, and play from, signed URLs that `fetch` answers: mount it
 * in your server under `baseUrl`.
 */
export class LocalStorage extends BaseStorage {
  /** @inheritDoc */
  override readonly backendName = 'local';
  protected override readonly mintRetryClass: RetryClass = 'always';

  readonly #settings: LocalSettings;
  readonly #basePath: string;
  readonly #parts: LocalParts;
  readonly #list: VideoList;
  readonly #locks = new KeyedLock();
  readonly #announced = new RecentKeys(MAX_ANNOUNCED);
  readonly #urls: SignedUrls;
  readonly #sweep: UploadSweep;
  readonly #handler: RequestHandler;
  readonly #events: LocalEvents;

  /** Makes the folder when it is missing. @throws {ConfigurationError} with the sentence that repairs the settings */
  constructor(options: LocalStorageOptions) {
    const settings = parseLocalOptions(options);
    super(options, nodeHmac);
    const layout = new FolderLayout(settings.folder);
    prepareFolders(layout);
    const files = { ...nodeFileFunctions, ...options.fileFunctions };
    const secrets = options.referenceSecrets.map((secret) =>
      typeof secret === 'string' ? new Secret(secret) : secret,
    );
    const { clock } = this;
    const locks = this.#locks;
    const urls = new SignedUrls(settings.baseUrl, secrets);
    const uploads = new UploadFileStore(files, layout);
    const videos = new VideoStore(files, layout);
    const events = new LocalEvents(options.logger ?? new Logger());
    this.#settings = settings;
    this.#basePath = new URL(settings.baseUrl).pathname.replace(/\/+$/, '');
    this.#urls = urls;
    this.#events = events;
    this.#parts = { files, uploads, videos, clock };
    this.#list = new VideoList(files, layout);
    this.#sweep = new UploadSweep({
      ...{ files, layout, uploads, videos, locks, clock },
      onExpired: (record) => events.uploadExpired(record),
    });
    this.#handler = new RequestHandler({
      basePath: this.#basePath,
      rules: settings,
      uploads: new UploadHandler({
        ...{ uploads, videos, urls, locks, clock },
        onFailure: (error) => events.receivingFailed(error),
      }),
      playback: new PlaybackHandler({ files, videos, urls, clock }),
      onFailure: (error, target) => events.requestFailed(error, target),
    });
  }

  /**
   * Answers requests of browsers: uploads (tus 1.0.0) and playback, both by signed URL; 404 for everything else. Never
   * rejects. For `node:http`, Express and Fastify there is `toNodeListener`.
   */
  readonly fetch = (request: Request): Promise<Response> => this.#handler.handle(request);

  /** Whether a URL leads to this storage, so that a router can pass on what does not. */
  ownsPath(url: string): boolean {
    return isOwnPath(url, this.#basePath);
  }

  /**
   * Removes half-sent uploads whose leave has ended, whole ones that nobody can confirm any more (24 hours later), and what a
   * crash left behind. Every mint does a little of it by itself; call this from time to time when few uploads come.
   * @param options `signal` ends it between two uploads; there is no deadline
   * @returns how many uploads were removed
   * @throws {BackendError} something could not be removed, all others were looked at
   */
  removeExpiredUploads(options: Pick<CallOptions, 'signal'> = {}): Promise<number> {
    return withFileErrors(() => this.#sweep.all(options.signal));
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    return estimateLocalCost(usage, this.#settings.prices);
  }

  protected async doGetUploadUrl(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    requireReadableType(request.mimeType);
    const { uploadId } = request;
    const { uploadExpiresInSeconds, defaultMaxDurationSeconds } = this.#settings;
    const expiresAtMs = this.clock.now() + uploadExpiresInSeconds * 1000;
    const mint = () => mintLocalUpload(this.#parts, request, { expiresAtMs, defaultMaxDurationSeconds });
    const { videoId } = await withFileErrors(() => this.#locks.run(uploadId, mint, options.signal));
    await this.#sweepALittle();
    return {
      protocol: 'tus',
      videoId,
      url: await this.#urls.uploadUrl(uploadId, expiresAtMs),
      chunk: { minBytes: 1, maxBytes: MAX_CHUNK_BYTES, multipleOf: 1 },
      expiresAt: toTimestamp(expiresAtMs),
    };
  }

  protected doConfirmUpload(claims: UploadClaims, options: ConfirmOptions): Promise<VideoMetadata> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const confirm = () => confirmLocalUpload(this.#parts, claims, { signal, timeoutMs });
    return withFileErrors(() => this.#locks.run(claims.uploadId, confirm, signal));
  }

  /** Writes `upload.confirmed` once for each video: whoever confirms again gets the same answer and no new event. */
  protected override logUploadSuccess(video: VideoMetadata, options: CallOptions): void {
    if (this.#announced.add(video.revision ?? video.videoId)) super.logUploadSuccess(video, options);
  }

  protected doAbortUpload(claims: UploadClaims, options: CallOptions): Promise<void> {
    const { uploadId } = claims;
    const discard = () => this.#discard(uploadId, (record) => keepsPromise(record, claims));
    return withFileErrors(() => this.#locks.run(uploadId, discard, options.signal));
  }

  protected doGetPlaybackUrl(videoId: string, request: PlaybackRequest): Promise<Playback> {
    return issueLocalPlayback(this.#urls, videoId, request, this.clock.now());
  }

  protected async doDeleteVideo(videoId: string, options: CallOptions): Promise<Deletion> {
    const uploadId = parseObjectVideoId(videoId)?.uploadId;
    if (uploadId === undefined) return { purged: true };
    const remove = async () => {
      await this.#parts.videos.remove(videoId);
      await this.#discard(uploadId, (record) => record.videoId === videoId);
      this.#list.forget(uploadId);
    };
    await withFileErrors(() => this.#locks.run(uploadId, remove, options.signal));
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string): Promise<VideoMetadata | undefined> {
    const found = await withFileErrors(() => this.#parts.videos.find(videoId));
    return found && toVideoMetadata(found.record);
  }

  protected doListVideos(request: ListRequest): Promise<VideoPage> {
    return withFileErrors(() => this.#list.page(request));
  }

  /** Forgets the upload, if there is one and it is the one that is meant; a video that it has become stays. */
  async #discard(uploadId: string, isMeant: (record: UploadRecord) => boolean): Promise<void> {
    const record = await this.#parts.uploads.findRecord(uploadId);
    if (record === undefined || !isMeant(record)) return;
    await this.#parts.videos.discardStaged(record.videoId);
    await this.#parts.uploads.removeUpload(uploadId);
  }

  /** A folder that cannot be cleaned is told, and does not keep anybody from uploading. */
  async #sweepALittle(): Promise<void> {
    try {
      await this.#sweep.next(SWEPT_WITH_EACH_MINT);
    } catch (error) {
      this.#events.sweepFailed(error);
    }
  }
}
