import { BackendError, ConfigurationError } from '@videostorage/core';
import type { CloudflareClient } from './cloudflare-client.ts';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';

/** Bounds the question where the runtime itself does not. */
const LEARNING_TIMEOUT_MS = 10_000;

/** `https://customer-<code>.cloudflarestream.com`: configured, or learnt from any video and then kept. */
export class CustomerOrigin {
  readonly #client: CloudflareClient;
  #known: string | undefined;
  #learning: Promise<string> | undefined;

  constructor(client: CloudflareClient, options: Pick<ParsedStreamOptions, 'customerCode' | 'playbackOrigin'>) {
    this.#client = client;
    const { customerCode, playbackOrigin } = options;
    this.#known =
      playbackOrigin ??
      (customerCode === undefined ? undefined : `https://customer-${customerCode}.cloudflarestream.com`);
  }

  /** Whether nobody need be asked. */
  get isKnown(): boolean {
    return this.#known !== undefined;
  }

  /**
   * Asks the API once, however many wait for it: the API has no field of its own for it.
   * @throws {ConfigurationError} no video tells it @throws {BackendError}
   */
  get(videoId: string): string | Promise<string> {
    if (this.#known !== undefined) return this.#known;
    // Shared by all who wait, so that nobody's own signal ends it for the others.
    this.#learning ??= this.#learnInTime(videoId).finally(() => {
      this.#learning = undefined;
    });
    return this.#learning;
  }

  async #learnInTime(videoId: string): Promise<string> {
    const signal = AbortSignal.timeout(LEARNING_TIMEOUT_MS);
    try {
      return await this.#learn(videoId, signal);
    } catch (cause) {
      // The signal is ours, so its bare reason would mean nothing to whoever waits.
      if (!signal.aborted || cause !== signal.reason) throw cause;
      const details = { backendName: 'cloudflare-stream', cause };
      throw new BackendError('BACKEND_UNAVAILABLE', 'Cloudflare did not tell the playback host in time.', details);
    }
  }

  async #learn(videoId: string, signal: AbortSignal): Promise<string> {
    const video = await this.#client.getVideoDetails(videoId, signal);
    const origin = video?.playbackOrigin ?? (await this.#ofAnyVideo(signal));
    if (origin === undefined) {
      throw new ConfigurationError('Set `customerCode`: there is no video yet that tells the account’s playback host.');
    }
    this.#known = origin;
    return origin;
  }

  async #ofAnyVideo(signal: AbortSignal): Promise<string | undefined> {
    const videos = await this.#client.listVideos({ limit: 10 }, signal);
    return videos.find((video) => video.playbackOrigin !== undefined)?.playbackOrigin;
  }
}
