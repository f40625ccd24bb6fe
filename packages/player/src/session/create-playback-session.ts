import { type Clock, isVideoId, isVideoStorageError, systemClock, ValidationError } from '@videostorage/core';
import { askWithin } from './ask-within.ts';
import { passingTime } from './passing-time.ts';
import type { PlaybackSession, PlaybackSessionOptions } from './playback-session.ts';
import { retryDelayMs } from './renewal-times.ts';
import { RenewingSession } from './renewing-session.ts';
import { onWake } from './wake-events.ts';

/** The first grant: an outage of a moment is not shown to the viewer. */
const FIRST_ATTEMPTS = 4;
const FIRST_LIFETIME_MS = 60_000;

/**
 * Asks for a grant, and renews it before it ends until the session is closed. Outages are waited for, with growing pauses,
 * until the grant's end and beyond; only a refusal of the host ends it.
 * @throws {ValidationError} an id that no video can have @throws {VideoStorageError} the host gives no first grant
 */
export async function createPlaybackSession(options: PlaybackSessionOptions): Promise<PlaybackSession> {
  const { transport, videoId, kind, signal } = options;
  if (!isVideoId(videoId)) {
    const message = 'The id of the video must be 1 to 64 letters, digits, - and _.';
    throw new ValidationError([{ path: 'videoId', code: 'ID_INVALID', message }]);
  }
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const passed = passedBy(options.clock);
  const body = kind === undefined ? {} : { kind };
  const ask = (asking: AbortSignal | undefined) =>
    askWithin(clock, asking, (bounded) => transport.getPlaybackUrl(videoId, body, { signal: bounded }));
  for (let failures = 0; ; failures += 1) {
    const askedAtMs = passed();
    try {
      const playback = await ask(signal);
      const parts = { ask, clock, random, passed, onWake: options.onWake ?? onWake, signal };
      return new RenewingSession(playback, askedAtMs, parts);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isVideoStorageError(error) || !error.retryable || failures + 1 >= FIRST_ATTEMPTS) throw error;
      await clock.sleep(retryDelayMs(failures, FIRST_LIFETIME_MS, error.retryAfterMs, random), signal);
    }
  }
}

/** An injected clock is believed; the computer's date alone is not. */
function passedBy(clock: Clock | undefined): () => number {
  if (clock !== undefined)
    return passingTime(
      () => clock.now(),
      () => clock.now(),
    );
  return passingTime(Date.now, () => performance.now());
}
