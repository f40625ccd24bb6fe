import type { IssuedPlayback, StoredVideo, StoredVideoPage } from '../src/base-storage/backend-answers.ts';
import { BaseStorage } from '../src/base-storage/base-storage.ts';
import type { BaseStorageOptions } from '../src/base-storage/base-storage-options.ts';
import type { IssuedUpload } from '../src/base-storage/issued-upload.ts';
import type { PlaybackRequest } from '../src/base-storage/playback-request.ts';
import type { StorageCall } from '../src/base-storage/storage-call.ts';
import type { CostEstimate } from '../src/contract/cost.ts';
import type { CallOptions, ConfirmOptions, Deletion } from '../src/contract/storage.ts';
import type { UploadClaims } from '../src/reference/upload-claims.ts';
import type { RetryClass } from '../src/retry/retry-handler.ts';
import { toTimestamp } from '../src/time/timestamp.ts';

/** A secret that is long enough. */
const SECRET = 'a-secret-of-at-least-thirty-two-bytes';

/** The smallest storage: videos in an array; `before` runs at the start of every request, so that a test can fail it. */
export class ArrayStorage extends BaseStorage {
  videos: StoredVideo[] = [];
  calls: string[] = [];
  purged = true;
  /** Result of `doAbort`: whether the upload is unconfirmed. */
  aborts = true;
  /** Added to each answer of the methods that issue tickets and grants, and that list. */
  issued: { readonly upload?: object; readonly playback?: object; readonly page?: object } = {};
  /** Claims of the references that were confirmed. */
  readonly confirmed: UploadClaims[] = [];
  before: (method: string, signal: AbortSignal | undefined) => Promise<void> | void = () => {};

  constructor(options: Partial<BaseStorageOptions> = {}) {
    super('array', { referenceSecrets: [SECRET], ...options });
  }

  /** A method in addition to the port: one request in a call of its own. */
  extra(options?: CallOptions): Promise<string> {
    return this.call('extra', options, async (call) => {
      await this.#request('extra', call);
      return 'done';
    });
  }

  protected async doGetUploadUrl(request: { uploadId: string }, call: StorageCall): Promise<IssuedUpload> {
    try {
      await this.#request('doGetUploadUrl', call, 'if-not-sent');
    } catch (error) {
      await this.#request('release', call.forCleanUp());
      throw error;
    }
    const expiresAt = toTimestamp(this.ticketExpiresAtMs('post'));
    const url = 'https://upload.example/form';
    const ticket = {
      protocol: 'post',
      videoId: request.uploadId,
      expiresAt,
      url,
      fields: {},
      fileField: 'file',
    } as const;
    return { ...ticket, ...this.issued.upload };
  }

  protected async doConfirmUpload(
    claims: UploadClaims,
    _options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined> {
    await this.#request('doConfirmUpload', call);
    this.confirmed.push(claims);
    return this.videos.find((candidate) => candidate.videoId === claims.videoId);
  }

  protected async doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<boolean> {
    await this.#request('doAbortUpload', call);
    this.videos = this.videos.filter((video) => video.videoId !== claims.videoId);
    return this.aborts;
  }

  protected async doGetPlaybackUrl(
    videoId: string,
    _request: PlaybackRequest,
    call: StorageCall,
  ): Promise<IssuedPlayback> {
    await this.#request('doGetPlaybackUrl', call);
    return {
      access: 'url',
      sources: [{ kind: 'file', url: `https://play.example/${videoId}`, mimeType: 'video/mp4' }],
      ...this.issued.playback,
    };
  }

  protected async doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion> {
    await this.#request('doDeleteVideo', call);
    this.videos = this.videos.filter((video) => video.videoId !== videoId);
    return { purged: this.purged };
  }

  protected async doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined> {
    await this.#request('doGetVideoMetadata', call);
    return this.videos.find((video) => video.videoId === videoId);
  }

  protected async doListVideos(_request: unknown, call: StorageCall): Promise<StoredVideoPage> {
    await this.#request('doListVideos', call);
    return { videos: this.videos, ...this.issued.page };
  }

  estimateCost(): CostEstimate {
    return { plan: 'array', monthlyUsd: 0, items: [], assumptions: [], pricesAsOf: '2026-11-24' };
  }

  /** Metadata as this storage would return it. */
  video(videoId: string, facts: Partial<StoredVideo> = {}): StoredVideo {
    const createdAt = toTimestamp(this.clock.now());
    return { videoId, status: 'ready', playable: true, createdAt, ...facts };
  }

  #request(method: string, call: StorageCall, retryClass: RetryClass = 'always'): Promise<void> {
    return call.step(retryClass, async (signal) => {
      this.calls.push(method);
      await this.before(method, signal);
    });
  }
}
