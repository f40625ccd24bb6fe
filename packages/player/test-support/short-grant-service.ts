import type { Playback, PlaybackBody } from '@videostorage/core';
import { type Actor, type GrantOptions, VideoService } from '@videostorage/service';

/** A service whose grants have the lifetime that a test sets. */
export class ShortGrantService extends VideoService {
  /** Lifetime of every grant from now on. */
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
