import { type CallRunner, ConfigurationError, type StorageCall } from '@videostorage/core';
import type { CloudflareClient } from './cloudflare-client.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';

/** `https://customer-<code>.cloudflarestream.com`: configured, or read from any video and then kept. */
export class CustomerOrigin {
  readonly #client: CloudflareClient;
  readonly #call: CallRunner;
  #known: string | undefined;
  #asking: Promise<string> | undefined;

  constructor(
    client: CloudflareClient,
    options: Pick<ParsedStreamOptions, 'customerCode' | 'playbackOrigin'>,
    call: CallRunner,
  ) {
    this.#client = client;
    this.#call = call;
    const { customerCode, playbackOrigin } = options;
    this.#known =
      playbackOrigin ??
      (customerCode === undefined ? undefined : `https://customer-${customerCode}.cloudflarestream.com`);
  }

  /**
   * Reads it from the API once, however many callers wait for it; the API has no field for it, so a video is read.
   * @throws {ConfigurationError} no video shows it @throws {BackendError}
   */
  get(videoId: string, call: StorageCall): string | Promise<string> {
    if (this.#known !== undefined) return this.#known;
    // Throws when the caller has aborted, so that no request is begun whose failure nobody would handle.
    const { signal } = call;
    // A call of its own, shared by all who wait, so that the signal or deadline of one caller does not end it for the others.
    this.#asking ??= this.#call('getPlaybackUrl', {}, (own) => this.#ask(videoId, own)).finally(() => {
      this.#asking = undefined;
    });
    return untilAborted(this.#asking, signal);
  }

  async #ask(videoId: string, call: StorageCall): Promise<string> {
    const video = await call.step('always', (signal) => this.#client.getVideoDetails(videoId, signal));
    const origin = video?.playbackOrigin ?? (await this.#ofAnyVideo(call));
    if (origin === undefined) {
      throw new ConfigurationError('Set `customerCode`: there is no video yet that shows the account’s playback host.');
    }
    this.#known = origin;
    return origin;
  }

  async #ofAnyVideo(call: StorageCall): Promise<string | undefined> {
    const videos = await call.step('always', (signal) => this.#client.listVideos({ limit: 10 }, signal));
    return videos.find((video) => video.playbackOrigin !== undefined)?.playbackOrigin;
  }
}

/** Ends the waiting of a caller who aborts; the shared request continues. */
function untilAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
