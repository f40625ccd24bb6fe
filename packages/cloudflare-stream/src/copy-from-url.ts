import { type CallOptions, ValidationError, type VideoMetadata } from '@videostorage/core';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import { isPublicUrl } from './public-url.ts';
import { videoDetailsSchema } from './video-details.ts';
import { toVideoMetadata } from './video-meta.ts';

/** Lets Cloudflare fetch a video from another server. */
export class CopyFromUrl {
  readonly #api: CloudflareApi;

  constructor(api: CloudflareApi) {
    this.#api = api;
  }

  /**
   * Begins to fetch; the video is private. The source must answer HEAD and ranges.
   * @throws {ValidationError} anything but https to a public host name or address
   */
  async start(sourceUrl: string, options: CallOptions = {}): Promise<VideoMetadata> {
    if (!isPublicUrl(sourceUrl)) {
      const message = 'The source must be an https URL of a public server, without user name and port.';
      throw new ValidationError([{ path: 'sourceUrl', code: 'OPTION_INVALID', message }]);
    }
    const body = { input: sourceUrl, requireSignedURLs: true };
    const result = await this.#api.require({ method: 'POST', path: '/copy', body, signal: options.signal });
    return toVideoMetadata(readResult(videoDetailsSchema, result), 'cloudflare-stream');
  }
}
