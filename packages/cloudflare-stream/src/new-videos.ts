import { BackendError, isVideoStorageError, type StorageCall } from '@videostorage/core';
import type { CloudflareClient } from './cloudflare-client.ts';
import { type AskedVideo, type MissingSetting, settingsNotTaken } from './settings-not-taken.ts';
import type { VideoDetails } from './video-details.ts';
import { metaText } from './video-meta.ts';

/** The API's largest answer. */
const MAX_LISTED = 1000;

/** The requests that this needs. */
type NewVideosClient = Pick<CloudflareClient, 'listVideos' | 'updateVideo' | 'deleteVideo'>;

/** Videos that have just been created: found after a lost answer, verified, or released. */
export class NewVideos {
  readonly #client: NewVideosClient;

  constructor(client: NewVideosClient) {
    this.#client = client;
  }

  /**
   * What one attempt has created, found by its creator and its nonce alone: no time of the host app is compared with
   * Cloudflare's. @throws {BackendError} the list failed
   */
  async find(creator: string, attempt: string, call: StorageCall): Promise<readonly VideoDetails[]> {
    const list = (signal: AbortSignal) => this.#client.listVideos({ limit: MAX_LISTED, creator }, signal);
    const videos = await call.step('always', list);
    return videos.filter((video) => video.creator === creator && metaText(video, 'attempt') === attempt);
  }

  /**
   * Releases what one attempt has created without the caller's knowledge; false when that failed. It runs while another error
   * is handled, which a failure here does not replace; that failure is only logged.
   */
  async releaseAttempt(creator: string, attempt: string, call: StorageCall): Promise<boolean> {
    return succeeds(async () => {
      for (const { uid } of await this.find(creator, attempt, call)) await this.#remove(uid, call);
    });
  }

  /** The same for a video whose id is known. */
  async release(uid: string, call: StorageCall): Promise<boolean> {
    return succeeds(() => this.#remove(uid, call));
  }

  /**
   * Compares a new video with the requested settings, and sets by an edit those that its creation did not apply. @throws
   * {BackendError} a setting cannot be set; not retryable, since it would happen again
   */
  async settle(details: VideoDetails, asked: AskedVideo, call: StorageCall): Promise<VideoDetails> {
    const missing = settingsNotTaken(details, asked);
    if (missing.length === 0) return details;
    refuse(missing.filter(({ edit }) => edit === undefined));
    const body = Object.assign({}, ...missing.map(({ edit }) => edit));
    const edited = await call.step('always', (signal) => this.#client.updateVideo(details.uid, body, signal));
    const result = edited ?? details;
    refuse(settingsNotTaken(result, asked));
    return result;
  }

  #remove(uid: string, call: StorageCall): Promise<void> {
    return call.step('always', (signal) => this.#client.deleteVideo(uid, signal));
  }
}

function refuse(missing: readonly MissingSetting[]): void {
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => `\`${name}\``).join(', ');
  const isPublic = missing.some(({ name }) => name === 'requireSignedUrls')
    ? ', so it would be public or unplayable'
    : '';
  const sentence = `Cloudflare did not apply these settings to a new video: ${names}${isPublic}; it was removed.`;
  throw new BackendError('BACKEND_REFUSED', sentence, { backendName: 'cloudflare-stream' });
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isVideoStorageError(error)) return false;
    throw error;
  }
}
