import {
  BaseStorage,
  type ConfirmOptions,
  ConflictError,
  type ContentMatch,
  ContentMismatchError,
  ContentUnverifiableError,
  type CostEstimate,
  checkCallOptions,
  checkStorageOptions,
  checkUsage,
  type Deletion,
  HmacSigner,
  type IdentifiedUploadRequest,
  type IssuedPlayback,
  type IssuedUpload,
  type ListRequest,
  type Maintenance,
  type MultipartUploads,
  matchClaims,
  objectVideoId,
  type PlaybackRequest,
  parseObjectVideoId,
  refuseCursor,
  refuseOption,
  Secret,
  type SignedPart,
  type StorageCall,
  type StoredVideo,
  type StoredVideoPage,
  ticketEndsAtMs,
  toTimestamp,
  type UploadCallOptions,
  type UploadClaims,
  UploadExpiredError,
  type Usage,
  uploadCallOptionSchemas,
  VideoNotFoundError,
} from '@videostorage/core';
import { MemoryHandler } from './memory-handler.ts';
import { MemoryMaintenance } from './memory-maintenance.ts';
import { type MemoryEnding, MemoryProvider, type MemoryUpload, type MemoryVideo } from './memory-provider.ts';
import { type MemoryStorageOptions, memoryStorageSchemas } from './memory-storage-options.ts';
import { MemoryWebhooks } from './memory-webhooks.ts';
import { withReferenceSecrets } from './with-reference-secrets.ts';

const ORIGIN = 'https://memory.invalid';

/**
 * A storage that keeps its videos in this process and satisfies the whole contract. It is meant for tests of host apps,
 * and as an example of a backend.
 */
export class MemoryStorage extends BaseStorage {
  /** Presigned parts. */
  override readonly multipart: MultipartUploads;
  /** Webhooks of the provider; `webhooks.deliver` returns one. */
  override readonly webhooks: MemoryWebhooks;
  /** Frees uploads that were never confirmed. */
  override readonly maintenance: Maintenance;
  /** The provider behind it: `failNext` injects a fault, `settle` finishes encoding. */
  readonly provider: MemoryProvider;
  readonly #handler: MemoryHandler;
  readonly #multipartThresholdBytes: number;
  readonly #partSizeBytes: number;

  /** Every option has a default. @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: MemoryStorageOptions = {}) {
    // `BaseStorage` refuses a value that is not an object.
    const isObject = typeof options === 'object' && options !== null;
    const given = isObject ? withReferenceSecrets(options, [randomSecret()]) : options;
    const checked = checkStorageOptions('MemoryStorage', given, memoryStorageSchemas);
    super('memory', given);
    const secret = checked.signingSecret ?? randomSecret();
    this.provider = new MemoryProvider(this.clock);
    this.webhooks = new MemoryWebhooks(new HmacSigner([secret], 'memory-webhook'), this.clock);
    this.#handler = new MemoryHandler(this.provider, new HmacSigner([secret], 'memory-url'), this.clock);
    this.#multipartThresholdBytes = checked.multipartThresholdBytes ?? Number.POSITIVE_INFINITY;
    this.#partSizeBytes = checked.partSizeBytes ?? 65_536;
    this.multipart = {
      signParts: (reference, partNumbers, callOptions) =>
        this.call('signParts', callOptions, async () =>
          this.#signParts(await this.#claimsOfParts(reference, callOptions), partNumbers),
        ),
      listParts: (reference, callOptions) =>
        this.call('listParts', callOptions, async (call) => {
          const { videoId } = await this.#claimsOfParts(reference, callOptions);
          return call.step('always', (signal) => this.provider.listParts(videoId, signal));
        }),
    };
    this.maintenance = new MemoryMaintenance(this.provider, this.clock, (operation, callOptions, work) =>
      this.call(operation, callOptions, work),
    );
  }

  /** Serves the URLs of tickets and grants. Pass it to `sendTicket` as `fetch`. */
  fetch(request: Request): Promise<Response> {
    return this.#handler.fetch(request);
  }

  /** @inheritDoc */
  estimateCost(usage: Usage): CostEstimate {
    checkUsage(usage);
    return {
      plan: 'memory',
      monthlyUsd: 0,
      items: [],
      assumptions: ['Memory costs nothing.'],
      pricesAsOf: '2026-11-24',
    };
  }

  protected async doGetUploadUrl(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    const { sizeBytes, mimeType, userId, contextId, fileName, custom } = request;
    const videoId = objectVideoId(request.uploadId, mimeType);
    const inParts = sizeBytes >= this.#multipartThresholdBytes;
    const createdAtMs = this.clock.now();
    const expiresAtMs = this.ticketExpiresAtMs(inParts ? 'multipart' : 'post');
    const label = JSON.stringify({ userId, contextId, fileName, custom });
    const upload = await call.step('always', (signal) =>
      this.provider.create({ videoId, mimeType, createdAtMs, expiresAtMs, label }, signal),
    );
    // The ticket of another user would send to the same place, and its reference would confirm the bytes of the first user.
    if (toLabel(upload).userId !== userId) throw new VideoNotFoundError();
    if ('bytes' in upload) {
      throw new ConflictError('The upload of this id has been confirmed; choose another id for another video.');
    }
    const expiresAt = toTimestamp(upload.expiresAtMs);
    if (inParts) {
      const partCount = Math.ceil(sizeBytes / this.#partSizeBytes);
      const partSizeBytes = this.#partSizeBytes;
      return { protocol: 'multipart', videoId, expiresAt, partSizeBytes, partCount, state: 'parts' };
    }
    const url = await this.#handler.sign(`${ORIGIN}/upload/${videoId}`, upload.expiresAtMs);
    return { protocol: 'post', videoId, expiresAt, url, fields: { 'Content-Type': mimeType }, fileField: 'file' };
  }

  protected async doConfirmUpload(
    claims: UploadClaims,
    options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined> {
    const { videoId, sizeBytes, state } = claims;
    const ending = await call.step('always', (signal) => this.provider.findEnding(videoId, signal));
    if (ending !== undefined) throw toRefusal(ending);
    const known = await call.step('always', (signal) => this.provider.find(videoId, signal));
    if (known !== undefined) return this.#toStoredVideo(known);
    const arrival = await call.step('always', (signal) => this.provider.findArrival(videoId, signal));
    if (arrival === undefined) return undefined;
    const arrivedBytes = arrival.bytes.length;
    if (state === 'parts' && arrivedBytes < sizeBytes) return undefined;
    const match = matchClaims({ status: 'ready', sizeBytes: arrivedBytes, mimeType: arrival.receivedMimeType }, claims);
    if (match.outcome === 'undetermined' && options.acceptUnverified !== true) {
      throw new ContentUnverifiableError(match.message);
    }
    const decided = await call.step('always', (signal) =>
      match.outcome === 'mismatch'
        ? this.provider.end(videoId, { state: 'rejected', failure: match.failure }, signal)
        : this.provider.publish(videoId, arrival, signal),
    );
    if (!('bytes' in decided)) throw toRefusal(decided);
    return this.#toStoredVideo(decided);
  }

  /** `doConfirmUpload` has already compared the content, before publishing. */
  protected override matchClaims(): ContentMatch {
    return { outcome: 'match' };
  }

  protected async doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<boolean> {
    const end = (signal: AbortSignal) => this.provider.end(claims.videoId, { state: 'aborted' }, signal);
    const { state } = await call.step('always', end);
    return state === 'aborted' || state === 'rejected';
  }

  protected async doGetPlaybackUrl(videoId: string, request: PlaybackRequest): Promise<IssuedPlayback> {
    refuseWhatIsNotSupported(request);
    const mimeType = parseObjectVideoId(videoId)?.mimeType;
    if (mimeType === undefined) throw new VideoNotFoundError();
    const { expiresAt, notBefore, downloadable, downloadName } = request;
    const fromMs = notBefore === undefined ? 0 : Date.parse(notBefore);
    const endMs = Date.parse(expiresAt);
    const play = `${ORIGIN}/play/${videoId}`;
    const url = await this.#handler.sign(play, endMs, fromMs);
    const named = downloadName === undefined ? play : `${play}/${encodeURIComponent(downloadName)}`;
    return {
      access: 'url',
      sources: [{ kind: 'file', url, mimeType }],
      ...(downloadable === true && { downloadUrl: await this.#handler.sign(named, endMs, fromMs) }),
    };
  }

  protected async doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion> {
    await call.step('always', (signal) => this.provider.remove(videoId, signal));
    return { purged: true };
  }

  protected async doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined> {
    const video = await call.step('always', (signal) => this.provider.find(videoId, signal));
    return video && this.#toStoredVideo(video);
  }

  protected async doListVideos(request: ListRequest, call: StorageCall): Promise<StoredVideoPage> {
    const before = request.cursor === undefined ? Number.POSITIVE_INFINITY : parseCursor(request.cursor);
    const found = await call.step('always', (signal) => this.provider.list(before, request.limit + 1, signal));
    const shown = found.slice(0, request.limit);
    const videos = shown.map((video) => this.#toStoredVideo(video));
    const last = shown.at(-1);
    return { videos, ...(found.length > request.limit && last !== undefined && { cursor: `before-${last.place}` }) };
  }

  async #claimsOfParts(uploadReference: string, options: UploadCallOptions): Promise<UploadClaims> {
    const claims = await this.claims(uploadReference, options);
    checkCallOptions(options, uploadCallOptionSchemas);
    return claims;
  }

  async #signParts(claims: UploadClaims, partNumbers: readonly number[]): Promise<readonly SignedPart[]> {
    if (claims.state !== 'parts') throw new VideoNotFoundError();
    const { videoId, sizeBytes } = claims;
    const count = Math.ceil(sizeBytes / this.#partSizeBytes);
    const isPart = (number: number) => Number.isInteger(number) && number >= 1 && number <= count;
    if (partNumbers.length < 1 || partNumbers.length > 100 || !partNumbers.every(isPart)) {
      const message = `Request 1 to 100 parts, with numbers from 1 to ${count}.`;
      refuseOption('partNumbers', message);
    }
    const [nowMs, ticketEndMs] = [this.clock.now(), ticketEndsAtMs(claims)];
    if (nowMs >= ticketEndMs) throw new UploadExpiredError();
    const expiresAtMs = Math.min(nowMs + 3_600_000, ticketEndMs);
    return Promise.all(
      partNumbers.map(async (partNumber) => {
        const url = await this.#handler.sign(`${ORIGIN}/part/${videoId}/${partNumber}`, expiresAtMs);
        const partBytes = Math.min(this.#partSizeBytes, sizeBytes - (partNumber - 1) * this.#partSizeBytes);
        return { partNumber, url, headers: {}, sizeBytes: partBytes, expiresAt: toTimestamp(expiresAtMs) };
      }),
    );
  }

  #toStoredVideo(video: MemoryVideo): StoredVideo {
    return {
      ...toLabel(video),
      videoId: video.videoId,
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

/** What the storage keeps about an upload. */
function toLabel({ label }: MemoryUpload): Pick<StoredVideo, 'userId' | 'contextId' | 'fileName' | 'custom'> {
  return JSON.parse(label);
}

/** Every later confirm gets the refusal that was decided. */
function toRefusal({ state, failure }: MemoryEnding): ContentMismatchError | VideoNotFoundError {
  return state === 'rejected' && failure !== undefined ? new ContentMismatchError(failure) : new VideoNotFoundError();
}

function refuseWhatIsNotSupported({ kind, ipRange }: PlaybackRequest): void {
  if (kind !== undefined && kind !== 'file')
    refuseOption('kind', 'This storage plays only files: `kind` must be `file`.');
  if (ipRange !== undefined)
    refuseOption('ipRange', 'This storage does not know the addresses of viewers; leave `ipRange` out.');
}

function parseCursor(cursor: string): number {
  const [, place] = /^before-(\d{1,15})$/.exec(cursor) ?? [];
  if (place === undefined) {
    refuseCursor();
  }
  return Number(place);
}

function randomSecret(): Secret {
  return new Secret(crypto.getRandomValues(new Uint8Array(32)));
}
