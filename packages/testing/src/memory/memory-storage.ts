import {
  BaseStorage,
  type CallOptions,
  type CostEstimate,
  type Deletion,
  HmacSigner,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type ListRequest,
  type MultipartUploads,
  objectVideoId,
  type Playback,
  type PlaybackRequest,
  parseObjectVideoId,
  Secret,
  type SignedPart,
  toTimestamp,
  type UploadClaims,
  ValidationError,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoPage,
} from '@videostorage/core';
import { MemoryHandler } from './memory-handler.ts';
import type { MemoryStorageOptions } from './memory-storage-options.ts';
import { MemoryVendor, type MemoryVideo } from './memory-vendor.ts';
import { MemoryWebhooks } from './memory-webhooks.ts';

const ORIGIN = 'https://memory.invalid';
const DAY_SECONDS = 86_400;

/** A storage without a cloud: the whole contract over bytes in this process. For tests of hosts, and the example of a backend. */
export class MemoryStorage extends BaseStorage {
  /** `memory`. */
  readonly backendName = 'memory';
  /** Leave to send parts. */
  override readonly multipart: MultipartUploads;
  /** Calls of the vendor; `webhooks.deliver` makes one. */
  override readonly webhooks: MemoryWebhooks;
  /** The vendor itself: `failNext`, `settle`. */
  readonly vendor: MemoryVendor;
  readonly #handler: MemoryHandler;
  readonly #multipartThresholdBytes: number;
  readonly #partSizeBytes: number;

  /** All settings have defaults. */
  constructor(options: MemoryStorageOptions = {}) {
    super({ ...options, referenceSecrets: options.referenceSecrets ?? [randomSecret()] });
    const secret = options.signingSecret ?? randomSecret();
    this.vendor = new MemoryVendor(this.clock);
    this.webhooks = new MemoryWebhooks(new HmacSigner([secret], 'memory-webhook'), this.clock);
    this.#handler = new MemoryHandler(this.vendor, new HmacSigner([secret], 'memory-url'), this.clock);
    this.#multipartThresholdBytes = options.multipartThresholdBytes ?? Number.POSITIVE_INFINITY;
    this.#partSizeBytes = options.partSizeBytes ?? 65_536;
    this.multipart = {
      signParts: async (reference, partNumbers, callOptions) => {
        return this.#signParts(await this.claims(reference, callOptions), partNumbers);
      },
      listParts: async (reference, callOptions) => {
        const { videoId } = await this.claims(reference, callOptions);
        const list = (signal: AbortSignal) => this.vendor.listParts(videoId, signal);
        return this.retry({ name: 'listParts', class: 'always' }, list, callOptions);
      },
    };
  }

  /** What browsers reach: takes uploads, delivers videos. Hand it to `sendTicket` as `fetch`. */
  fetch(request: Request): Promise<Response> {
    return this.#handler.fetch(request);
  }

  /** @inheritDoc */
  estimateCost(): CostEstimate {
    return {
      plan: 'memory',
      monthlyUsd: 0,
      items: [],
      assumptions: ['Memory costs nothing.'],
      pricesAsOf: '2026-11-24',
    };
  }

  protected async doGetUploadUrl(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    const { sizeBytes, mimeType, userId, contextId, fileName, custom } = request;
    const videoId = objectVideoId(request.uploadId, mimeType);
    const inParts = sizeBytes >= this.#multipartThresholdBytes;
    const createdAtMs = this.clock.now();
    const lifetimeSeconds = this.uploadExpiresInSeconds ?? (inParts ? DAY_SECONDS : 3600);
    const label = JSON.stringify({ userId, contextId, fileName, custom });
    const expiresAtMs = createdAtMs + lifetimeSeconds * 1000;
    const upload = await this.vendor.announce({ videoId, mimeType, createdAtMs, expiresAtMs, label }, options.signal);
    const expiresAt = toTimestamp(upload.expiresAtMs);
    if (inParts) {
      const partCount = Math.ceil(sizeBytes / this.#partSizeBytes);
      return {
        protocol: 'multipart',
        videoId,
        expiresAt,
        partSizeBytes: this.#partSizeBytes,
        partCount,
        state: 'parts',
      };
    }
    const url = await this.#handler.sign(`${ORIGIN}/upload/${videoId}`, upload.expiresAtMs);
    return { protocol: 'post', videoId, expiresAt, url, fields: { 'Content-Type': mimeType }, fileField: 'file' };
  }

  protected async doConfirmUpload(claims: UploadClaims, options: CallOptions): Promise<VideoMetadata> {
    const { videoId, mimeType, sizeBytes, state } = claims;
    if (state === 'parts' && (await this.vendor.find(videoId, options.signal)) === undefined) {
      const parts = await this.vendor.listParts(videoId, options.signal);
      const sum = parts.reduce((bytes, part) => bytes + part.sizeBytes, 0);
      if (sum >= sizeBytes) await this.vendor.complete(videoId, mimeType, options.signal);
    }
    const video = await this.vendor.find(videoId, options.signal);
    if (video !== undefined) return this.#toMetadata(video);
    const createdAt = toTimestamp(this.clock.now());
    return { videoId, backendName: this.backendName, status: 'pending', playable: false, createdAt };
  }

  protected async doAbortUpload(claims: UploadClaims, options: CallOptions): Promise<void> {
    await this.vendor.remove(claims.videoId, options.signal);
  }

  protected async doGetPlaybackUrl(videoId: string, options: PlaybackRequest): Promise<Playback> {
    refuseWhatCannotBeKept(options);
    const mimeType = parseObjectVideoId(videoId)?.mimeType;
    if (mimeType === undefined) throw new VideoNotFoundError();
    const nowMs = this.clock.now();
    const { expiresInSeconds, notBefore, downloadable } = options;
    const fromMs = notBefore === undefined ? 0 : Date.parse(notBefore);
    const url = await this.#handler.sign(`${ORIGIN}/play/${videoId}`, nowMs + expiresInSeconds * 1000, fromMs);
    return {
      videoId,
      access: 'url',
      kind: 'file',
      url,
      sources: [{ kind: 'file', url, mimeType }],
      ...(downloadable === true && { downloadUrl: url }),
      expiresAt: toTimestamp(nowMs + expiresInSeconds * 1000),
      renewAfter: toTimestamp(nowMs + expiresInSeconds * 800),
    };
  }

  protected async doDeleteVideo(videoId: string, options: CallOptions): Promise<Deletion> {
    await this.vendor.remove(videoId, options.signal);
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string, options: CallOptions): Promise<VideoMetadata | undefined> {
    const video = await this.vendor.find(videoId, options.signal);
    return video && this.#toMetadata(video);
  }

  protected async doListVideos(options: ListRequest): Promise<VideoPage> {
    const before = options.cursor === undefined ? Number.POSITIVE_INFINITY : parseCursor(options.cursor);
    const found = await this.vendor.list(before, options.limit + 1, options.signal);
    const shown = found.slice(0, options.limit);
    const videos = shown.map((video) => this.#toMetadata(video));
    const last = shown.at(-1);
    return { videos, ...(found.length > options.limit && last !== undefined && { cursor: `before-${last.place}` }) };
  }

  async #signParts(claims: UploadClaims, partNumbers: readonly number[]): Promise<readonly SignedPart[]> {
    if (claims.state !== 'parts') throw new VideoNotFoundError();
    const { videoId, sizeBytes } = claims;
    const count = Math.ceil(sizeBytes / this.#partSizeBytes);
    const isPart = (number: number) => Number.isInteger(number) && number >= 1 && number <= count;
    if (partNumbers.length < 1 || partNumbers.length > 100 || !partNumbers.every(isPart)) {
      const message = `Ask for 1 to 100 parts from 1 to ${count}.`;
      throw refusal('partNumbers', message);
    }
    const expiresAtMs = this.clock.now() + 3_600_000;
    return Promise.all(
      partNumbers.map(async (partNumber) => {
        const url = await this.#handler.sign(`${ORIGIN}/part/${videoId}/${partNumber}`, expiresAtMs);
        const partBytes = Math.min(this.#partSizeBytes, sizeBytes - (partNumber - 1) * this.#partSizeBytes);
        return { partNumber, url, headers: {}, sizeBytes: partBytes, expiresAt: toTimestamp(expiresAtMs) };
      }),
    );
  }

  #toMetadata(video: MemoryVideo): VideoMetadata {
    const label = JSON.parse(video.label) as Pick<VideoMetadata, 'userId' | 'contextId' | 'fileName' | 'custom'>;
    return {
      ...label,
      videoId: video.videoId,
      backendName: this.backendName,
      status: video.state === 'ready' ? 'ready' : 'processing',
      playable: video.state === 'ready',
      mimeType: video.receivedMimeType,
      sizeBytes: video.bytes.length,
      createdAt: toTimestamp(video.createdAtMs),
      uploadedAt: toTimestamp(video.uploadedAtMs),
      revision: String(video.revision),
    };
  }
}

function refuseWhatCannotBeKept({ kind, ipRange }: PlaybackRequest): void {
  if (kind !== undefined && kind !== 'file') throw refusal('kind', 'Only files can be played.');
  if (ipRange !== undefined) throw refusal('ipRange', 'This storage knows no addresses.');
}

function parseCursor(cursor: string): number {
  const [, place] = /^before-(\d{1,15})$/.exec(cursor) ?? [];
  if (place === undefined) throw refusal('cursor', 'The cursor is not one of ours.');
  return Number(place);
}

function refusal(path: string, message: string): ValidationError {
  return new ValidationError([{ path, code: 'OPTION_INVALID', message }]);
}

function randomSecret(): Secret {
  return new Secret(crypto.getRandomValues(new Uint8Array(32)));
}
