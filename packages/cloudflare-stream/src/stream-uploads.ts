import {
  BackendError,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  isVideoStorageError,
  randomId,
  type StorageCall,
  toTimestamp,
  type UploadTicket,
  ValidationError,
} from '@videostorage/core';
import type { CloudflareClient, DirectUpload } from './cloudflare-client.ts';
import { newVideoBody, newVideoSettings } from './new-video-settings.ts';
import type { NewVideos } from './new-videos.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import type { ProviderTime } from './provider-time.ts';
import type { AskedVideo } from './settings-not-taken.ts';
import { isOfUnknownOutcome } from './unknown-outcome.ts';
import type { VideoDetails } from './video-details.ts';
import { toStreamMeta, uploadCreator } from './video-meta.ts';

const MAX_UPLOAD_BYTES = 30_000_000_000;
const MAX_DURATION_SECONDS = 36_000;
/** Cloudflare Stream, "Resumable uploads": sizes of tus chunks. */
const CHUNK = { minBytes: 5_242_880, maxBytes: 209_715_200, multipleOf: 262_144 } as const;
/** How often an upload is created when answers are lost; the lost one is released before each new one. */
const MAX_CREATIONS = 3;

/** What creating uploads needs. */
export interface StreamUploadsParts {
  readonly client: Pick<CloudflareClient, 'getDirectUploadUrl' | 'createTusUpload' | 'getVideoDetails'>;
  readonly newVideos: Pick<NewVideos, 'settle' | 'release' | 'releaseAttempt'>;
  readonly options: ParsedStreamOptions;
  readonly providerTime: Pick<ProviderTime, 'now' | 'skewMs'>;
  /** When a ticket that is created now ends, by the host app's clock. */
  readonly ticketExpiresAtMs: (protocol: UploadTicket['protocol']) => number;
}

/** What one attempt asks for. */
type AskedUpload = AskedVideo & {
  readonly maxDurationSeconds: number;
  /** RFC 3339, by Cloudflare's clock. */
  readonly expiry: string;
};

/** Creates uploads: one form where the file is small enough, else tus. */
export class StreamUploads {
  readonly #parts: StreamUploadsParts;

  constructor(parts: StreamUploadsParts) {
    this.#parts = parts;
  }

  /**
   * Creates one upload, and reads it back. What was created and does not reach the caller is released within the call: after
   * a lost answer, at the deadline, and when the caller aborts.
   * @throws {ValidationError} larger or longer than Stream takes @throws {BackendError}
   */
  async create(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    refuseWhatStreamCannotTake(request);
    const protocol = request.sizeBytes <= this.#parts.options.basicUploadMaxBytes ? 'post' : 'tus';
    const expiresAtMs = this.#parts.ticketExpiresAtMs(protocol);
    const { upload, asked } = await this.#createOrLookUp(request, protocol, expiresAtMs, call);
    const { uploadExpiry = asked.expiry } = await this.#readBack(upload.uid, asked, call);
    // The range of expiries that the provider accepts is not documented, so the one that it has set is read back. Both times
    // are by its own clock.
    const cutMs = Math.max(0, Date.parse(asked.expiry) - Date.parse(uploadExpiry));
    const common = { videoId: upload.uid, url: upload.uploadUrl, expiresAt: toTimestamp(expiresAtMs - cutMs) };
    return protocol === 'post'
      ? { protocol, ...common, fields: {}, fileField: 'file' }
      : { protocol, ...common, chunk: CHUNK };
  }

  /**
   * Creating reserves minutes, so an attempt of unknown outcome is looked up by its own creator and nonce and released before
   * another one is made: its one-time URL is lost with its answer.
   */
  async #createOrLookUp(
    request: IdentifiedUploadRequest,
    protocol: 'post' | 'tus',
    expiresAtMs: number,
    call: StorageCall,
  ): Promise<{ readonly upload: DirectUpload; readonly asked: AskedUpload }> {
    for (let creations = 1; ; creations++) {
      const { skewMs } = this.#parts.providerTime;
      const asked = this.#asked(request, expiresAtMs + skewMs);
      let isSent = false;
      const send = (signal: AbortSignal) => {
        isSent = true;
        return this.#send(request, protocol, asked, signal);
      };
      try {
        return { asked, upload: await call.step('if-not-sent', send) };
      } catch (error) {
        if (!isSent) throw error;
        if (isOfUnknownOutcome(error, call)) {
          const { creator, meta } = asked;
          const isReleased = await this.#parts.newVideos.releaseAttempt(creator, meta.attempt, call.forCleanUp());
          if (!isReleased || call.signal.aborted || creations === MAX_CREATIONS) throw error;
        } else if (!this.#isClocksFault(error, skewMs) || creations === MAX_CREATIONS) throw error;
      }
    }
  }

  #send(request: IdentifiedUploadRequest, protocol: 'post' | 'tus', asked: AskedUpload, signal: AbortSignal) {
    const { maxDurationSeconds, expiry, creator, meta } = asked;
    const body = { maxDurationSeconds, expiry, creator, meta, ...newVideoBody(asked) };
    return protocol === 'post'
      ? this.#parts.client.getDirectUploadUrl(body, creator, signal)
      : this.#parts.client.createTusUpload({ ...asked, sizeBytes: request.sizeBytes }, signal);
  }

  #asked(request: IdentifiedUploadRequest, expiryMs: number): AskedUpload {
    const { options, providerTime } = this.#parts;
    return {
      ...newVideoSettings(options, providerTime),
      maxDurationSeconds: request.maxDurationSeconds ?? options.defaultMaxDurationSeconds,
      expiry: toTimestamp(expiryMs),
      creator: uploadCreator(request.uploadId),
      meta: toStreamMeta(request, randomId()),
    };
  }

  /**
   * Whether the answer of a refusal has shown that the host app's clock is wrong, so that the requested times were wrong too.
   */
  #isClocksFault(error: unknown, skewMs: number): boolean {
    if (!isVideoStorageError(error) || error.code !== 'BACKEND_REFUSED' || error.status !== 400) return false;
    return Math.abs(this.#parts.providerTime.skewMs - skewMs) >= 60_000;
  }

  /** A setting that was not understood could silently make the video public, so all of them are read back. */
  async #readBack(uid: string, asked: AskedUpload, call: StorageCall): Promise<VideoDetails> {
    const read = async (signal: AbortSignal) => {
      const details = await this.#parts.client.getVideoDetails(uid, signal);
      if (details !== undefined) return details;
      throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare created an upload, but does not find it.');
    };
    try {
      return await this.#parts.newVideos.settle(await call.step('always', read), asked, call);
    } catch (error) {
      await this.#parts.newVideos.release(uid, call.forCleanUp());
      throw error;
    }
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
