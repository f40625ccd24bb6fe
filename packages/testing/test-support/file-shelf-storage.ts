import {
  BackendError,
  BaseStorage,
  type BaseStorageOptions,
  type CallOptions,
  type CostEstimate,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type ListRequest,
  objectVideoId,
  type Playback,
  type PlaybackRequest,
  parseObjectVideoId,
  toTimestamp,
  type UploadClaims,
  ValidationError,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoPage,
} from '@videostorage/core';
import type { ShelfServer } from './shelf-server.ts';

/** A backend as somebody else would write it: over HTTP, with nothing but the public parts of core. */
export class FileShelfStorage extends BaseStorage {
  readonly backendName = 'file-shelf';
  readonly #shelf: Pick<ShelfServer, 'origin' | 'sign'>;

  constructor(shelf: Pick<ShelfServer, 'origin' | 'sign'>, options: BaseStorageOptions) {
    super(options);
    this.#shelf = shelf;
  }

  estimateCost(): CostEstimate {
    return { plan: 'shelf', monthlyUsd: 0, items: [], assumptions: [], pricesAsOf: '2026-11-24' };
  }

  protected async doGetUploadUrl(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    const { uploadId, mimeType, userId, contextId, fileName, custom } = request;
    const videoId = objectVideoId(uploadId, mimeType);
    const createdAt = toTimestamp(this.clock.now());
    const label = { userId, contextId, fileName, custom, mimeType, createdAt };
    await this.#call('PUT', `/labels/${videoId}`, options, JSON.stringify(label));
    const expiresAtMs = this.clock.now() + 3_600_000;
    const url = this.#shelf.sign(`/upload/${videoId}`, expiresAtMs);
    return { protocol: 'post', videoId, url, fields: {}, fileField: 'file', expiresAt: toTimestamp(expiresAtMs) };
  }

  protected async doConfirmUpload(claims: UploadClaims, options: CallOptions): Promise<VideoMetadata> {
    const { videoId } = claims;
    const video = await this.doGetVideoMetadata(videoId, options);
    const createdAt = toTimestamp(this.clock.now());
    return video ?? { videoId, backendName: this.backendName, status: 'pending', playable: false, createdAt };
  }

  protected async doAbortUpload(claims: UploadClaims, options: CallOptions): Promise<void> {
    await this.#call('DELETE', `/videos/${claims.videoId}`, options);
  }

  protected async doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<Playback> {
    for (const path of ['notBefore', 'ipRange', 'downloadable'] as const) {
      if (options[path] !== undefined) throw refusal(path, 'The shelf cannot do that.');
    }
    if ((options.kind ?? 'file') !== 'file') throw refusal('kind', 'The shelf only has files.');
    const mimeType = parseObjectVideoId(videoId)?.mimeType;
    if (mimeType === undefined) throw new VideoNotFoundError();
    const nowMs = this.clock.now();
    const lifetimeMs = options.expiresInSeconds * 1000;
    const url = this.#shelf.sign(`/play/${videoId}`, nowMs + lifetimeMs);
    const source = { kind: 'file', url, mimeType } as const;
    const expiresAt = toTimestamp(nowMs + lifetimeMs);
    const renewAfter = toTimestamp(nowMs + lifetimeMs * 0.8);
    return { videoId, access: 'url', kind: 'file', url, sources: [source], expiresAt, renewAfter };
  }

  protected async doDeleteVideo(videoId: string, options: CallOptions): Promise<Deletion> {
    await this.#call('DELETE', `/videos/${videoId}`, options);
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string, options: CallOptions): Promise<VideoMetadata | undefined> {
    const found = await this.#call('GET', `/videos/${videoId}`, options);
    return found === undefined ? undefined : this.#toVideo(found as ShelfVideo);
  }

  protected async doListVideos(options: ListRequest): Promise<VideoPage> {
    const { limit, cursor = 'shelf-0' } = options;
    if (!/^shelf-\d{1,15}$/.test(cursor)) throw refusal('cursor', 'The cursor is not one of ours.');
    const query = `?limit=${limit}&before=${cursor.slice('shelf-'.length)}`;
    const page = (await this.#call('GET', `/videos${query}`, options)) as { videos: ShelfVideo[]; next?: number };
    const videos = page.videos.map((video) => this.#toVideo(video));
    return page.next === undefined ? { videos } : { videos, cursor: `shelf-${page.next}` };
  }

  #toVideo({ videoId, sizeBytes, mimeType, ...label }: ShelfVideo): VideoMetadata {
    const state = { status: 'ready', playable: true } as const;
    return { ...label, ...state, videoId, backendName: this.backendName, sizeBytes, mimeType };
  }

  /** The dialect: their HTTP, our errors; undefined for a 404 that the shelf itself has sent. */
  async #call(method: string, path: string, { signal }: CallOptions, body?: string): Promise<unknown> {
    const request = { method, ...(body !== undefined && { body }), ...(signal && { signal }) };
    const response = await fetch(`${this.#shelf.origin}${path}`, request).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw new BackendError('BACKEND_UNAVAILABLE', 'The shelf cannot be reached.', { cause });
    });
    const text = await response.text();
    if (response.status === 429) throw new BackendError('BACKEND_THROTTLED', 'The shelf is busy.', { status: 429 });
    if (response.status >= 500) throw new BackendError('BACKEND_UNAVAILABLE', 'The shelf failed.');
    if (response.headers.get('x-shelf') !== 'yes') {
      throw new BackendError('BACKEND_BAD_RESPONSE', 'That was not the shelf.');
    }
    if (response.status === 404) return undefined;
    return text === '' ? null : JSON.parse(text);
  }
}

function refusal(path: string, message: string): ValidationError {
  return new ValidationError([{ path, code: 'OPTION_INVALID', message }]);
}

type ShelfVideo = Pick<VideoMetadata, 'videoId' | 'userId' | 'contextId' | 'fileName' | 'custom' | 'createdAt'> & {
  readonly sizeBytes: number;
  readonly mimeType: string;
};
