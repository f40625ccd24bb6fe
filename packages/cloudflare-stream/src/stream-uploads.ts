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
import { newVideoBody, newVideoSettings } from './new-video-body.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import type { RunCall } from './run-call.ts';
import type { VideoDetails } from './video-details.ts';
import { toCreator, toStreamMeta } from './video-meta.ts';

const BASIC_SECONDS = 3600;
const TUS_SECONDS = 86_400;
const MAX_UPLOAD_BYTES = 30_000_000_000;
const MAX_DURATION_SECONDS = 36_000;
/** Clocks of ours and theirs may differ by this much. */
const LOOK_BACK_MS = 60_000;
/** Cloudflare Stream, "Resumable uploads": sizes of tus chunks. */
const CHUNK = { minBytes: 5_242_880, maxBytes: 209_715_200, multipleOf: 262_144 } as const;

/** Leave to upload one video: basic where it is small enough, else tus. */
export class StreamUploads {
  readonly #client: CloudflareClient;
  readonly #options: ParsedStreamOptions;
  readonly #clock: Clock;
  readonly #run: RunCall;

  constructor(client: CloudflareClient, options: ParsedStreamOptions, clock: Clock, run: RunCall) {
    this.#client = client;
    this.#options = options;
    this.#clock = clock;
    this.#run = run;
  }

  /** @throws {ValidationError} larger or longer than Stream takes @throws {BackendError} */
  async issue(request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    refuseWhatStreamCannotTake(request);
    const inOnePost = request.sizeBytes <= this.#options.basicUploadMaxBytes;
    const lifetimeSeconds = this.#options.uploadExpiresInSeconds ?? (inOnePost ? BASIC_SECONDS : TUS_SECONDS);
    const asked = toTimestamp(this.#clock.now() + lifetimeSeconds * 1000);
    const upload = await this.#mintOrLookUp(request, inOnePost, asked, options);
    const { uploadExpiry } = await this.#readBack(upload.uid, options);
    // What range the vendor takes is not written down; what it has made of ours is.
    const expiresAt = uploadExpiry !== undefined && Date.parse(uploadExpiry) < Date.parse(asked) ? uploadExpiry : asked;
    const common = { videoId: upload.uid, url: upload.uploadUrl, expiresAt: toTimestamp(Date.parse(expiresAt)) };
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
    options: CallOptions,
  ): Promise<DirectUpload> {
    const after = toTimestamp(this.#clock.now() - LOOK_BACK_MS);
    const creator = await toCreator(request.userId);
    try {
      return await this.#mint(request, creator, inOnePost, expiry, options.signal);
    } catch (error) {
      if (!isOfUnknownOutcome(error)) throw error;
      if (!(await this.#isGivenBack(request.uploadId, creator, after, options))) throw error;
      const sentence = 'Cloudflare did not say whether it made an upload; it has none.';
      throw new BackendError('BACKEND_UNAVAILABLE', sentence, { cause: error, notSent: true });
    }
  }

  #mint(
    request: IdentifiedUploadRequest,
    creator: string,
    inOnePost: boolean,
    expiry: string,
    signal: AbortSignal | undefined,
  ): Promise<DirectUpload> {
    const { sizeBytes, maxDurationSeconds = this.#options.defaultMaxDurationSeconds } = request;
    const settings = newVideoSettings(this.#options, this.#clock);
    const common = { maxDurationSeconds, expiry, creator, meta: toStreamMeta(request) };
    return inOnePost
      ? this.#client.getDirectUploadUrl({ ...common, ...newVideoBody(settings) }, creator, signal)
      : this.#client.createTusUpload({ ...common, ...settings, sizeBytes }, signal);
  }

  /** False when it cannot be found out: the mint must then not be repeated, whatever became of the looking. */
  async #isGivenBack(uploadId: string, creator: string, after: string, options: CallOptions): Promise<boolean> {
    const giveBack = async (signal: AbortSignal) => {
      const videos = await this.#client.listVideos({ limit: 1000, after, creator }, signal);
      for (const { uid, meta, state } of videos) {
        // One that has its bytes came from an earlier ticket of the same upload: it is somebody's video.
        const isLost = meta['uploadId'] === uploadId && state === 'pendingupload';
        if (isLost) await this.#client.deleteVideo(uid, signal);
      }
    };
    return this.#succeeds('getUploadUrl.lookUp', giveBack, options);
  }

  /**
   * What was made is read back: a flag that was not understood would make it public without a word. What cannot be read,
   * or is public, is given back, and is an error that lets nobody repeat the mint.
   */
  async #readBack(uid: string, options: CallOptions): Promise<VideoDetails> {
    const read = async (signal: AbortSignal) => {
      const details = await this.#client.getVideoDetails(uid, signal);
      if (details !== undefined) return details;
      throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare made an upload, and does not know it.');
    };
    const giveBack = (signal: AbortSignal) => this.#client.deleteVideo(uid, signal);
    let details: VideoDetails;
    try {
      details = await this.#run({ name: 'getUploadUrl.readBack', class: 'always' }, read, options);
    } catch (error) {
      await this.#succeeds('getUploadUrl.giveBack', giveBack, options);
      throw isVideoStorageError(error) && error.code.startsWith('BACKEND_') ? asSent(error as BackendError) : error;
    }
    if (details.requireSignedURLs || !this.#options.requireSignedUrls) return details;
    await this.#succeeds('getUploadUrl.giveBack', giveBack, options);
    const sentence = 'Cloudflare made a public upload where a private one was asked for.';
    throw new BackendError('BACKEND_BAD_RESPONSE', sentence, { notSent: false });
  }

  /** For what is done on the way to another error: its own failure is logged with its retries, and does not hide that one. */
  async #succeeds(name: string, work: (signal: AbortSignal) => Promise<void>, options: CallOptions): Promise<boolean> {
    try {
      await this.#run({ name, class: 'always' }, work, options);
      return true;
    } catch (error) {
      if (isVideoStorageError(error)) return false;
      throw error;
    }
  }
}

function isOfUnknownOutcome(error: unknown): boolean {
  return isVideoStorageError(error) && error.retryable && (error as BackendError).notSent === false;
}

function asSent({ code, message, status, retryAfterMs, cause }: BackendError): BackendError {
  return new BackendError(code, message, { status, retryAfterMs, cause, notSent: false });
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
