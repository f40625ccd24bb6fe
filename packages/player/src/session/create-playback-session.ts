import {
  type Clock,
  checkOptions,
  clockOption,
  isVideoId,
  isVideoStorageError,
  optional,
  optionOf,
  type PlaybackKind,
  systemClock,
  ValidationError,
} from '@videostorage/core';
import { askWithin } from './ask-within.ts';
import { passingTime } from './passing-time.ts';
import type { PlaybackSession, PlaybackSessionOptions } from './playback-session.ts';
import { retryDelayMs } from './renewal-times.ts';
import { RenewingSession } from './renewing-session.ts';
import { onWake } from './wake-events.ts';

/** Attempts for the first grant, so that a short outage is not shown to the viewer. */
const FIRST_ATTEMPTS = 4;
/** When the host app requests a longer pause, it is not waited for: the viewer sees the error, and may try again. */
const FIRST_PAUSE_MS = 20_000;

/**
 * Requests a grant, and renews it before it expires, until the session is closed. During an outage the request is
 * repeated with growing pauses, even after the grant has expired; only a refusal by the host app ends the session.
 * @throws {ConfigurationError} an option is unknown or wrong; the message says which, and how to fix it
 * @throws {ValidationError} `videoId` does not have the form of a video id
 * @throws {VideoStorageError} the first grant was refused, or could not be requested in four attempts
 */
export async function createPlaybackSession(options: PlaybackSessionOptions): Promise<PlaybackSession> {
  const { transport, videoId, kind, signal, ...injected } = checkOptions('createPlaybackSession', options, OPTIONS);
  if (!isVideoId(videoId)) {
    const message = 'The id of the video must be 1 to 64 letters, digits, - and _.';
    throw new ValidationError([{ path: 'videoId', code: 'ID_INVALID', message }]);
  }
  const clock = injected.clock ?? systemClock;
  const random = options.random?.bind(options) ?? Math.random;
  const passed = passedBy(injected.clock);
  const body = kind === undefined ? {} : { kind };
  const ask = (asking: AbortSignal | undefined) =>
    askWithin(clock, asking, (bounded) => transport.getPlaybackUrl(videoId, body, { signal: bounded }));
  for (let failures = 0; ; failures += 1) {
    const askedAtMs = passed();
    try {
      const playback = await ask(signal);
      const parts = { ask, clock, random, passed, onWake: options.onWake?.bind(options) ?? onWake, signal };
      return new RenewingSession(playback, askedAtMs, parts);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isVideoStorageError(error) || !error.retryable || failures + 1 >= FIRST_ATTEMPTS) throw error;
      if ((error.retryAfterMs ?? 0) > FIRST_PAUSE_MS) throw error;
      // Nothing expires meanwhile.
      await clock.sleep(retryDelayMs(failures, Number.POSITIVE_INFINITY, error.retryAfterMs, random), signal);
    }
  }
}

/** An injected clock is used alone; of the computer, the date and the time since the page began are combined. */
function passedBy(clock: Clock | undefined): () => number {
  if (clock !== undefined)
    return passingTime(
      () => clock.now(),
      () => clock.now(),
    );
  return passingTime(Date.now, () => performance.now());
}

const KINDS: readonly unknown[] = ['iframe', 'hls', 'dash', 'file'] satisfies readonly PlaybackKind[];

const OPTIONS = {
  transport: optionOf(
    (value): value is PlaybackSessionOptions['transport'] => hasMethods(value, 'getPlaybackUrl'),
    "must be a transport, for instance createPlaybackTransport('/api/video')",
  ),
  videoId: optionOf((value): value is string => typeof value === 'string', 'must be the id of a video, a string'),
  kind: optional(
    optionOf((value): value is PlaybackKind => KINDS.includes(value), "must be 'iframe', 'hls', 'dash' or 'file'"),
  ),
  signal: optional(
    optionOf((value): value is AbortSignal => hasMethods(value, 'addEventListener'), 'must be an AbortSignal'),
  ),
  clock: optional(clockOption),
  random: optional(
    optionOf(
      (value): value is () => number => typeof value === 'function',
      'must be a function that returns 0 up to 1',
    ),
  ),
  onWake: optional(
    optionOf(
      (value): value is NonNullable<PlaybackSessionOptions['onWake']> => typeof value === 'function',
      'must be a function that takes a listener',
    ),
  ),
};

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
