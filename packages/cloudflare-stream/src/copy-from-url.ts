import {
  BackendError,
  type CallOptions,
  type Clock,
  isVideoStorageError,
  ValidationError,
  type VideoMetadata,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareClient } from './cloudflare-client.ts';
import { newVideoBody, newVideoSettings } from './new-video-body.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import { isPublicUrl } from './public-url.ts';
import type { RunCall } from './run-call.ts';
import { toCreator, toStreamMeta, toVideoMetadata } from './video-meta.ts';

/** Whose a copy is, and what it is called. */
export interface CopyRequest {
  /** 1–128 characters. */
  readonly userId: string;
  /** What the video belongs to, 1–128 characters. */
  readonly contextId: string;
  /** As the dashboard shows it, 1–255 characters. */
  readonly fileName: string;
}

const text = (maxLength: number) => z.string().min(1).max(maxLength);
const requestSchema = z.object({ userId: text(128), contextId: text(128), fileName: text(255) });

/** Lets Cloudflare fetch a video from another server. There only when the storage was made with `allowCopyFromUrl`. */
export class CopyFromUrl {
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

  /**
   * Begins to fetch, with the storage's settings for new videos; `waitUntilReady` tells the end. The source must answer HEAD
   * and ranges. Not repeated when its outcome is unknown.
   * @throws {ValidationError} anything but https to a public host name or address @throws {BackendError}
   */
  async start(sourceUrl: string, request: CopyRequest, options: CallOptions = {}): Promise<VideoMetadata> {
    if (!isPublicUrl(sourceUrl)) {
      refuse('sourceUrl', 'The source must be an https URL of a public server, without user name and port.');
    }
    const parsed = requestSchema.safeParse(request);
    if (!parsed.success) refuse('request', 'A copy needs `userId`, `contextId` and `fileName`.');
    const settings = newVideoBody(newVideoSettings(this.#options, this.#clock));
    const uploadId = crypto.randomUUID().replaceAll('-', '');
    const meta = toStreamMeta({ ...parsed.data, uploadId });
    const body = { input: sourceUrl, ...settings, creator: await toCreator(parsed.data.userId), meta };
    const copy = (signal: AbortSignal) => this.#client.copyFromUrl(body, signal);
    const details = await this.#run({ name: 'copyFromUrl.start', class: 'if-not-sent' }, copy, options);
    if (details.requireSignedURLs || !this.#options.requireSignedUrls) {
      return toVideoMetadata(details, 'cloudflare-stream');
    }
    await this.#giveBack(details.uid, options);
    throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare made a public copy where a private one was asked for.', {
      backendName: 'cloudflare-stream',
    });
  }

  /** On the way to another error: its own failure is logged with its retries, and does not hide that the copy is public. */
  async #giveBack(uid: string, options: CallOptions): Promise<void> {
    const remove = (signal: AbortSignal) => this.#client.deleteVideo(uid, signal);
    try {
      await this.#run({ name: 'copyFromUrl.giveBack', class: 'always' }, remove, options);
    } catch (error) {
      if (!isVideoStorageError(error)) throw error;
    }
  }
}

function refuse(path: string, message: string): never {
  throw new ValidationError([{ path, code: 'OPTION_INVALID', message }]);
}
