import {
  BackendError,
  type CallOptions,
  type CallRunner,
  type CustomMetadata,
  callOptionSchemas,
  checkCallOptions,
  isVideoStorageError,
  randomId,
  refuseOption,
  type StorageCall,
  type VideoMetadata,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareClient } from './cloudflare-client.ts';
import { newVideoBody, newVideoSettings } from './new-video-settings.ts';
import type { NewVideos } from './new-videos.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import type { ProviderTime } from './provider-time.ts';
import { isPublicUrl } from './public-url.ts';
import type { AskedVideo } from './settings-not-taken.ts';
import { isOfUnknownOutcome } from './unknown-outcome.ts';
import type { VideoDetails } from './video-details.ts';
import { toCreator, toStoredVideo, toStreamMeta } from './video-meta.ts';
import { customMetadataSchema, fileNameSchema, idSchema } from './video-update.ts';

const BACKEND_NAME = 'cloudflare-stream';

/** To whom a copied video belongs, and its name. */
export interface CopyRequest {
  /** Id of the user to whom the copy is to belong, 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** What the video belongs to, 1–128 bytes of UTF-8. Absent = only to its user. */
  readonly contextId?: string | undefined;
  /** Display name, also in the dashboard; made safe as the name of an upload is. */
  readonly fileName: string;
  /** Short strings of the host app; at most 512 bytes as JSON. */
  readonly custom?: CustomMetadata | undefined;
}

const requestSchema = z.object({
  userId: idSchema,
  contextId: idSchema.optional(),
  fileName: fileNameSchema,
  custom: customMetadataSchema.optional(),
});

/** What copying needs. */
export interface CopyFromUrlParts {
  readonly client: CloudflareClient;
  readonly newVideos: NewVideos;
  readonly options: ParsedStreamOptions;
  readonly providerTime: ProviderTime;
  readonly call: CallRunner;
}

/** Lets Cloudflare fetch a video from another server. Present only when the storage was created with `allowCopyFromUrl`. */
export class CopyFromUrl {
  readonly #parts: CopyFromUrlParts;

  /** @internal */
  constructor(parts: CopyFromUrlParts) {
    this.#parts = parts;
  }

  /**
   * Starts the copy, with the storage's settings for new videos; `waitUntilReady` waits for its end. The source must
   * support HEAD and range requests. The video exists immediately: a copy needs no confirm. If the provider's answer is
   * lost, the copy that it may have begun is looked up and returned. If that fails too, the error is not retryable, so
   * that nothing is copied and billed twice, and its message says for which `meta.attempt` to look.
   * @throws {ValidationError} anything but https to a public host name or address @throws {BackendError}
   */
  async start(sourceUrl: string, request: CopyRequest, options: CallOptions = {}): Promise<VideoMetadata> {
    return this.#parts.call('copyFromUrl.start', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      if (!isPublicUrl(sourceUrl)) {
        refuseOption('sourceUrl', 'The source must be an https URL of a public server, without user name and port.');
      }
      const parsed = requestSchema.safeParse(request);
      if (!parsed.success) {
        refuseOption('request', 'A copy needs `userId` and `fileName`, and may have `contextId` and `custom`.');
      }
      const asked = await this.#asked(parsed.data);
      const details = await this.#copy(sourceUrl, asked, call);
      try {
        const settled = await this.#parts.newVideos.settle(details, asked, call);
        return { ...toStoredVideo(settled), backendName: BACKEND_NAME };
      } catch (error) {
        await this.#parts.newVideos.release(details.uid, call.forCleanUp());
        throw error;
      }
    });
  }

  async #asked(request: CopyRequest): Promise<AskedVideo> {
    const attempt = randomId();
    return {
      ...newVideoSettings(this.#parts.options, this.#parts.providerTime),
      creator: await toCreator(request.userId),
      // A copy has no upload, so the id of the attempt takes its place.
      meta: toStreamMeta({ ...request, uploadId: attempt }, attempt),
    };
  }

  async #copy(input: string, asked: AskedVideo, call: StorageCall): Promise<VideoDetails> {
    const { creator, meta } = asked;
    const body = { input, ...newVideoBody(asked), creator, meta };
    try {
      return await call.step('if-not-sent', (signal) => this.#parts.client.copyFromUrl(body, signal));
    } catch (error) {
      if (!isOfUnknownOutcome(error, call)) throw error;
      const found = await this.#found(asked, call);
      if (found === 'unknown' && call.options.signal?.aborted !== true) throw unknownCopy(meta.attempt, error);
      if (typeof found === 'object') return found;
      throw error;
    }
  }

  /** Returns the copy that was begun. When the call has ended meanwhile, by abort or deadline, the copy is released. */
  async #found({ creator, meta }: AskedVideo, call: StorageCall): Promise<VideoDetails | 'none' | 'unknown'> {
    const cleanUp = call.forCleanUp();
    try {
      const [video] = await this.#parts.newVideos.find(creator, meta.attempt, cleanUp);
      if (video === undefined) return 'none';
      if (!call.signal.aborted) return video;
      return (await this.#parts.newVideos.release(video.uid, cleanUp)) ? 'none' : 'unknown';
    } catch (error) {
      // The failed look-up was logged with its retries; the caller gets the failure of the copy as the cause.
      if (isVideoStorageError(error)) return 'unknown';
      throw error;
    }
  }
}

function unknownCopy(attempt: string, cause: unknown): BackendError {
  const sentence = `It is not known whether Cloudflare has begun the copy, which would be billed: before a new copy, look for the video whose \`meta.attempt\` is ${attempt}.`;
  return new BackendError('BACKEND_REFUSED', sentence, { backendName: BACKEND_NAME, cause });
}
