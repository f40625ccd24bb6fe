import { ConfigurationError } from '@videostorage/core';
import type { CloudflareClient } from './cloudflare-client.ts';
import type { ParsedStreamOptions } from './cloudflare-stream-options.ts';

/** `https://customer-<code>.cloudflarestream.com`: configured, or learnt from any video and then kept. */
export class CustomerOrigin {
  readonly #client: CloudflareClient;
  #known: string | undefined;

  constructor(client: CloudflareClient, options: Pick<ParsedStreamOptions, 'customerCode' | 'playbackOrigin'>) {
    this.#client = client;
    const { customerCode, playbackOrigin } = options;
    this.#known =
      playbackOrigin ??
      (customerCode === undefined ? undefined : `https://customer-${customerCode}.cloudflarestream.com`);
  }

  /** Asks the API once at most; the API has no field of its own for it. @throws {ConfigurationError} no video tells it */
  async get(videoId: string, signal?: AbortSignal): Promise<string> {
    if (this.#known !== undefined) return this.#known;
    const video = await this.#client.getVideoDetails(videoId, signal);
    const origin = video?.playbackOrigin ?? (await this.#ofAnyVideo(signal));
    if (origin === undefined) {
      throw new ConfigurationError('Set `customerCode`: there is no video yet that tells the account’s playback host.');
    }
    this.#known = origin;
    return origin;
  }

  async #ofAnyVideo(signal: AbortSignal | undefined): Promise<string | undefined> {
    const videos = await this.#client.listVideos({ limit: 10 }, signal);
    return videos.find((video) => video.playbackOrigin !== undefined)?.playbackOrigin;
  }
}
