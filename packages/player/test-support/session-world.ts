import { ManualClock } from '@videostorage/testing';
import { createPlaybackSession } from '../src/session/create-playback-session.ts';
import type { PlaybackSession, PlaybackSessionOptions } from '../src/session/playback-session.ts';
import { PlaybackWorld } from './playback-world.ts';

/** Routes with one ready video, and a page whose time the test advances. */
export class SessionWorld extends PlaybackWorld {
  videoId = '';
  clock: ManualClock = new ManualClock({ nowMs: 1_000_000 });
  /** Simulates a wake event of the page. */
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

  /** Advances the time step by step, and lets all work finish in between. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds * 1000; left > 0; left -= 1000) {
      this.clock.advance(Math.min(1000, left));
      await this.turned();
    }
  }
}
