import {
  BackendError,
  BaseStorage,
  type BaseStorageOptions,
  type ConfirmOptions,
  type CostEstimate,
  checkUsage,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedPlayback,
  type IssuedUpload,
  type ListRequest,
  objectVideoId,
  type PlaybackRequest,
  parseObjectVideoId,
  type StorageCall,
  type StoredVideo,
  type StoredVideoPage,
  toTimestamp,
  type UploadClaims,
  type Usage,
  ValidationError,
  VideoNotFoundError,
} from '@videostorage/core';
import type { ShelfServer } from './shelf-server.ts';

/** A backend as another developer would write it: over HTTP, with nothing but the public API of core. */
export class FileShelfStorage extends BaseStorage {
  readonly #shelf: Pick<ShelfServer, 'origin' | 'sign'>;

  constructor(shelf: Pick<ShelfServer, 'origin' | 'sign'>, options: BaseStorageOptions) {
    super('file-shelf', options);
    this.#shelf = shelf;
  }

  estimateCost(usage: Usage): CostEstimate {
    checkUsage(usage);
    return { plan: 'shelf', monthlyUsd: 0, items: [], assumptions: [], pricesAsOf: '2026-11-24' };
  }

  protected async doGetUploadUrl(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    const { uploadId, mimeType, userId, contextId, fileName, custom } = request;
    const videoId = objectVideoId(uploadId, mimeType);
    const createdAt = toTimestamp(this.clock.now());
    const label = { userId, contextId, fileName, custom, mimeType, createdAt };
    await this.#call('PUT', `/labels/${videoId}`, call, JSON.stringify(label));
    const expiresAtMs = this.ticketExpiresAtMs('post');
    const url = this.#shelf.sign(`/upload/${videoId}`, expiresAtMs);
    return { protocol: 'post', videoId, url, fields: {}, fileField: 'file', expiresAt: toTimestamp(expiresAtMs) };
  }

  protected doConfirmUpload(
    { videoId }: UploadClaims,
    _options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined> {
    return this.doGetVideoMetadata(videoId, call);
  }

  protected async doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<boolean> {
    await this.#call('DELETE', `/videos/${claims.videoId}`, call);
    return true;
  }

  protected async doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<IssuedPlayback> {
    for (const path of ['notBefore', 'ipRange', 'downloadable'] as const) {
      if (options[path] !== undefined) throw refusal(path, 'The shelf does not support this option.');
    }
    if ((options.kind ?? 'file') !== 'file')
      throw refusal('kind', 'The shelf plays only files: `kind` must be `file`.');
    const mimeType = parseObjectVideoId(videoId)?.mimeType;
    if (mimeType === undefined) throw new VideoNotFoundError();
    const url = this.#shelf.sign(`/play/${videoId}`, Date.parse(options.expiresAt));
    return { access: 'url', sources: [{ kind: 'file', url, mimeType }] };
  }

  protected async doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion> {
    await this.#call('DELETE', `/videos/${videoId}`, call);
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined> {
    const found = await this.#call('GET', `/videos/${videoId}`, call);
    return found === undefined ? undefined : this.#toVideo(found as ShelfVideo);
  }

  protected async doListVideos(request: ListRequest, call: StorageCall): Promise<StoredVideoPage> {
    const { limit, cursor = 'shelf-0' } = request;
    if (!/^shelf-\d{1,15}$/.test(cursor)) throw refusal('cursor', 'The cursor is not from the shelf.');
    const query = `?limit=${limit}&before=${cursor.slice('shelf-'.length)}`;
    const page = (await this.#call('GET', `/videos${query}`, call)) as { videos: ShelfVideo[]; next?: number };
    const videos = page.videos.map((video) => this.#toVideo(video));
    return page.next === undefined ? { videos } : { videos, cursor: `shelf-${page.next}` };
  }

  #toVideo({ videoId, sizeBytes, mimeType, ...label }: ShelfVideo): StoredVideo {
    const state = { status: 'ready', playable: true } as const;
    return { ...label, ...state, videoId, sizeBytes, mimeType };
  }

  /** One request; every request of the shelf may be repeated. */
  #call(method: string, path: string, call: StorageCall, body?: string): Promise<unknown> {
    return call.step('always', (signal) => this.#send(method, path, signal, body));
  }

  /** Sends a request and translates its errors; undefined for a 404 of the shelf itself. */
  async #send(method: string, path: string, signal: AbortSignal, body?: string): Promise<unknown> {
    const request = { method, signal, ...(body !== undefined && { body }) };
    const response = await fetch(`${this.#shelf.origin}${path}`, request).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new BackendError('BACKEND_UNAVAILABLE', 'The shelf cannot be reached.', { cause });
    });
    const text = await response.text();
    if (response.status === 429) throw new BackendError('BACKEND_THROTTLED', 'The shelf is busy.', { status: 429 });
    if (response.status >= 500) throw new BackendError('BACKEND_UNAVAILABLE', 'The shelf failed.');
    if (response.headers.get('x-shelf') !== 'yes') {
      throw new BackendError('BACKEND_BAD_RESPONSE', 'The answer is not from the shelf.');
    }
    if (response.status === 404) return undefined;
    return text === '' ? null : JSON.parse(text);
  }
}

function refusal(path: string, message: string): ValidationError {
  return new ValidationError([{ path, code: 'OPTION_INVALID', message }]);
}

type ShelfVideo = Pick<StoredVideo, 'videoId' | 'userId' | 'contextId' | 'fileName' | 'custom' | 'createdAt'> & {
  readonly sizeBytes: number;
  readonly mimeType: string;
};
