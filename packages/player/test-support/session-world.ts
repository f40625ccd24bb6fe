import { ManualClock } from '@videostorage/testing';
import { createPlaybackSession } from '../src/session/create-playback-session.ts';
import type { PlaybackSession, PlaybackSessionOptions } from '../src/session/playback-session.ts';
import { PlaybackWorld } from './playback-world.ts';

/** A world with one ready video, and a page in which time passes when a test says so. */
export class SessionWorld extends PlaybackWorld {
  videoId = '';
  clock: ManualClock = new ManualClock({ nowMs: 1_000_000 });
  /** What the page's events call. */
  wakeUp: () => void = () => {};

  /** Makes one. */
  static async create(): Promise<SessionWorld> {
    const world = new SessionWorld();
    world.videoId = await world.readyVideo();
    return world;
  }

  /** A session without jitter. */
  open(options: Partial<PlaybackSessionOptions> = {}): Promise<PlaybackSession> {
    const onWake = (listener: () => void) => {
      this.wakeUp = listener;
      return () => {
        this.wakeUp = () => {};
      };
    };
    const { transport, videoId, clock } = this;
    return createPlaybackSession({ transport, videoId, clock, random: () => 0, onWake, ...options });
  }

  /** As time passes in a page: step by step, with everything done in between. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds * 1000; left > 0; left -= 1000) {
      this.clock.advance(Math.min(1000, left));
      await this.turned();
    }
  }
}
