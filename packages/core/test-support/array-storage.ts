import { BaseStorage } from '../src/base-storage/base-storage.ts';
import type { BaseStorageOptions } from '../src/base-storage/base-storage-options.ts';
import type { IssuedUpload } from '../src/base-storage/issued-upload.ts';
import type { PlaybackRequest } from '../src/base-storage/playback-request.ts';
import type { CostEstimate } from '../src/contract/cost.ts';
import type { Playback } from '../src/contract/playback.ts';
import type { Deletion } from '../src/contract/storage.ts';
import type { VideoMetadata, VideoPage } from '../src/contract/video-metadata.ts';
import type { UploadClaims } from '../src/reference/upload-claims.ts';
import { toTimestamp } from '../src/time/timestamp.ts';

/** A secret that is long enough. */
const SECRET = 'a-secret-of-at-least-thirty-two-bytes';

/** The smallest storage: videos in an array; `before` runs at the start of every `do…` method, so that a test can fail it. */
export class ArrayStorage extends BaseStorage {
  readonly backendName = 'array';
  videos: VideoMetadata[] = [];
  calls: string[] = [];
  before: (method: string, signal: AbortSignal | undefined) => Promise<void> | void = () => {};

  constructor(options: Partial<BaseStorageOptions> = {}) {
    super({ referenceSecrets: [SECRET], ...options });
  }

  protected async doGetUploadUrl(
    request: { uploadId: string },
    options: { signal?: AbortSignal | undefined },
  ): Promise<IssuedUpload> {
    await this.#enter('doGetUploadUrl', options.signal);
    const expiresAt = toTimestamp(this.clock.now() + 3_600_000);
    const url = 'https://upload.example/form';
    return { protocol: 'post', videoId: request.uploadId, expiresAt, url, fields: {}, fileField: 'file' };
  }

  protected async doConfirmUpload(
    claims: UploadClaims,
    options: { signal?: AbortSignal | undefined },
  ): Promise<VideoMetadata> {
    await this.#enter('doConfirmUpload', options.signal);
    const video = this.videos.find((candidate) => candidate.videoId === claims.videoId);
    return video ?? this.video(claims.videoId, { status: 'pending', playable: false });
  }

  protected async doAbortUpload(claims: UploadClaims, options: { signal?: AbortSignal | undefined }): Promise<void> {
    await this.#enter('doAbortUpload', options.signal);
    this.videos = this.videos.filter((video) => video.videoId !== claims.videoId);
  }

  protected async doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<Playback> {
    await this.#enter('doGetPlaybackUrl', options.signal);
    const source = { kind: 'file', url: `https://play.example/${videoId}`, mimeType: 'video/mp4' } as const;
    const now = this.clock.now();
    return {
      videoId,
      access: 'url',
      kind: 'file',
      url: source.url,
      sources: [source],
      expiresAt: toTimestamp(now + options.expiresInSeconds * 1000),
      renewAfter: toTimestamp(now + options.expiresInSeconds * 800),
    };
  }

  protected async doDeleteVideo(videoId: string, options: { signal?: AbortSignal | undefined }): Promise<Deletion> {
    await this.#enter('doDeleteVideo', options.signal);
    this.videos = this.videos.filter((video) => video.videoId !== videoId);
    return { purged: true };
  }

  protected async doGetVideoMetadata(
    videoId: string,
    options: { signal?: AbortSignal | undefined },
  ): Promise<VideoMetadata | undefined> {
    await this.#enter('doGetVideoMetadata', options.signal);
    return this.videos.find((video) => video.videoId === videoId);
  }

  protected async doListVideos(options: { signal?: AbortSignal | undefined }): Promise<VideoPage> {
    await this.#enter('doListVideos', options.signal);
    return { videos: this.videos };
  }

  estimateCost(): CostEstimate {
    return { plan: 'array', monthlyUsd: 0, items: [], assumptions: [], pricesAsOf: '2026-11-24' };
  }

  /** A video as this storage would report it. */
  video(videoId: string, facts: Partial<VideoMetadata> = {}): VideoMetadata {
    const createdAt = toTimestamp(this.clock.now());
    return { videoId, backendName: this.backendName, status: 'ready', playable: true, createdAt, ...facts };
  }

  async #enter(method: string, signal: AbortSignal | undefined): Promise<void> {
    this.calls.push(method);
    await this.before(method, signal);
  }
}
