import {
  BackendError,
  type CallOptions,
  type Clock,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  isVideoStorageError,
  toTimestamp,
  ValidationError,
} from '@videostorage/core';
import type { CloudflareClient, DirectUpload } from './cloudflare-client.ts';
import type { ParsedStreamOptions } from './cloudflare-stream-options.ts';
import { toCreator, toStreamMeta } from './video-meta.ts';

const BASIC_SECONDS = 3600;
const TUS_SECONDS = 86_400;
const MAX_UPLOAD_BYTES = 30_000_000_000;
const MAX_DURATION_SECONDS = 36_000;
const DAY_MS = 86_400_000;
/** Clocks of ours and theirs may differ by this much. */
const LOOK_BACK_MS = 60_000;
/** Cloudflare Stream, "Resumable uploads": sizes of tus chunks. */
const CHUNK = { minBytes: 5_242_880, maxBytes: 209_715_200, multipleOf: 262_144 } as const;

/** Leave to upload one video: basic where it is small enough, else tus. */
export class StreamUploads {
  readonly #client: CloudflareClient;
  readonly #options: ParsedStreamOptions;
  readonly #clock: Clock;

  constructor(client: CloudflareClient, options: ParsedStreamOptions, clock: Clock) {
    this.#client = client;
    this.#options = options;
    this.#clock = clock;
  }

  /** @throws {ValidationError} larger or longer than Stream takes @throws {BackendError} */
  async issue(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    refuseWhatStreamCannotTake(request);
    const nowMs = this.#clock.now();
    const inOnePost = request.sizeBytes <= this.#options.basicUploadMaxBytes;
    const lifetimeSeconds = this.#options.uploadExpiresInSeconds ?? (inOnePost ? BASIC_SECONDS : TUS_SECONDS);
    const expiresAt = toTimestamp(nowMs + lifetimeSeconds * 1000);
    const upload = await this.#mintOrLookUp(request, inOnePost, expiresAt, options.signal);
    await this.#assertPrivate(upload.uid, options.signal);
    const common = { videoId: upload.uid, url: upload.uploadUrl, expiresAt };
    return inOnePost
      ? { protocol: 'post', ...common, fields: {}, fileField: 'file' }
      : { protocol: 'tus', ...common, chunk: CHUNK };
  }

  /**
   * A mint reserves minutes, so one whose outcome is unknown is looked for before anybody repeats it. Its one-time URL is
   * lost with its answer: what is found is given back, and then it certainly was not sent.
   */
  async #mintOrLookUp(
    request: IdentifiedUploadRequest,
    inOnePost: boolean,
    expiry: string,
    signal: AbortSignal | undefined,
  ): Promise<DirectUpload> {
    const startedAtMs = this.#clock.now();
    const creator = await toCreator(request.userId);
    try {
      return await this.#mint(request, creator, inOnePost, expiry, signal);
    } catch (error) {
      const isUnknown = isVideoStorageError(error) && error.retryable && (error as BackendError).notSent !== true;
      if (!isUnknown) throw error;
      const after = toTimestamp(startedAtMs - LOOK_BACK_MS);
      const videos = await this.#client.listVideos({ limit: 1000, after, creator }, signal);
      for (const { uid, meta } of videos) {
        if (meta['uploadId'] === request.uploadId) await this.#client.deleteVideo(uid, signal);
      }
      throw new BackendError('BACKEND_UNAVAILABLE', 'Cloudflare did not say whether it made an upload; it has none.', {
        cause: error,
        notSent: true,
      });
    }
  }

  #mint(
    request: IdentifiedUploadRequest,
    creator: string,
    inOnePost: boolean,
    expiry: string,
    signal: AbortSignal | undefined,
  ): Promise<DirectUpload> {
    const { requireSignedUrls, allowedOrigins, thumbnailTimestampPct, watermarkUid, scheduledDeletionDays } =
      this.#options;
    const meta = toStreamMeta(request);
    const maxDurationSeconds = request.maxDurationSeconds ?? this.#options.defaultMaxDurationSeconds;
    const scheduledDeletion =
      scheduledDeletionDays === undefined ? undefined : toTimestamp(this.#clock.now() + scheduledDeletionDays * DAY_MS);
    if (!inOnePost) {
      const shared = {
        expiry,
        requireSignedUrls,
        allowedOrigins,
        thumbnailTimestampPct,
        watermarkUid,
        scheduledDeletion,
      };
      const { sizeBytes } = request;
      return this.#client.createTusUpload({ sizeBytes, creator, maxDurationSeconds, meta, ...shared }, signal);
    }
    const body = {
      maxDurationSeconds,
      expiry,
      creator,
      meta,
      requireSignedURLs: requireSignedUrls,
      ...(allowedOrigins.length > 0 && { allowedOrigins }),
      ...(thumbnailTimestampPct !== undefined && { thumbnailTimestampPct }),
      ...(watermarkUid !== undefined && { watermark: { uid: watermarkUid } }),
      ...(scheduledDeletion !== undefined && { scheduledDeletion }),
    };
    return this.#client.getDirectUploadUrl(body, creator, signal);
  }

  /** Whether it really is private is read back: a flag that was not understood would make it public without a word. */
  async #assertPrivate(uid: string, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#options.requireSignedUrls) return;
    const details = await this.#client.getVideoDetails(uid, signal);
    if (details?.requireSignedURLs === true) return;
    await this.#client.deleteVideo(uid, signal);
    throw new BackendError(
      'BACKEND_BAD_RESPONSE',
      'Cloudflare made a public upload where a private one was asked for.',
      {
        notSent: true,
      },
    );
  }
}

function refuseWhatStreamCannotTake({ sizeBytes, maxDurationSeconds }: IdentifiedUploadRequest): void {
  if (sizeBytes > MAX_UPLOAD_BYTES) {
    const message = 'The file is larger than the 30 GB that the storage can hold.';
    throw new ValidationError([{ path: 'sizeBytes', code: 'FILE_TOO_LARGE', message }]);
  }
  if (maxDurationSeconds !== undefined && maxDurationSeconds > MAX_DURATION_SECONDS) {
    const message = `The longest play time can be ${MAX_DURATION_SECONDS} seconds.`;
    throw new ValidationError([{ path: 'maxDurationSeconds', code: 'DURATION_INVALID', message }]);
  }
}
