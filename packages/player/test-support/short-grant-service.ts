import type { Playback, PlaybackBody } from '@videostorage/core';
import { type Actor, type GrantOptions, VideoService } from '@videostorage/service';

/** A service whose grants live as long as a test says. */
export class ShortGrantService extends VideoService {
  /** Of every grant from here on. */
  expiresInSeconds = 3600;

  override getPlaybackUrl(
    actor: Actor,
    videoId: string,
    body?: PlaybackBody,
    options?: GrantOptions,
  ): Promise<Playback> {
    return super.getPlaybackUrl(actor, videoId, body, { ...options, expiresInSeconds: this.expiresInSeconds });
  }
}
