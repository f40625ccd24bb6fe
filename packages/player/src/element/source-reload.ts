import { systemClock } from '@videostorage/core';
import type { MediaSurface } from './media-surface.ts';
import { reloadMedia, seekTo } from './media-waits.ts';
import type { PendingPlays } from './pending-plays.ts';
import { RecoveryPace } from './recovery-pace.ts';
import type { Screen } from './screen.ts';
import type { StageHost } from './stage-host.ts';
import type { StagePosition } from './stage-position.ts';

const LOAD_TIMEOUT_MS = 20_000;
/** A pause so soon after a failure is the player's own. */
const OWN_PAUSE_MS = 500;

/** Where and how fast a source continues that is being reloaded; the page and the viewer may change both meanwhile. */
interface Resume {
  position: number;
  playbackRate: number;
  /** Where the source failed, or where somebody has sought since. */
  failedAt: number;
  /** When it failed; on the clock of `performance.now()`. */
  failedAtMs: number;
  /** Until the new source is requested, the player plays what it has buffered; when it is loaded, it seeks to the position. */
  phase: 'asking' | 'loading' | 'arriving';
}

/** What a reload needs from the stage. */
export interface ReloadingStage {
  readonly host: Pick<StageHost, 'renewNow' | 'onWaiting' | 'onUnplayable'>;
  readonly closed: AbortSignal;
  readonly position: StagePosition;
  readonly plays: PendingPlays;
  /** Whether the viewer wants the video to play now. */
  wantsToPlay(): boolean;
  /** Starts the media on behalf of pending calls. */
  play(media: MediaSurface): void;
  /** All grants that the stage still has are older than the one that is loaded now. */
  discardGrants(): void;
  /** An error that nobody awaits. */
  report(error: unknown): void;
}

/**
 * Reloads a source in the same player with a new grant, at the position where it was refused, and continues as the viewer
 * wants by then.
 */
export class SourceReload {
  /** Number of reloads: a renewed source that was being prepared when one began is outdated. */
  count = 0;
  readonly #stage: ReloadingStage;
  #resume: Resume | undefined;
  /** Ends the wait for a source that has failed. */
  #loading = new AbortController();
  readonly #pace = new RecoveryPace();

  constructor(stage: ReloadingStage) {
    this.#stage = stage;
  }

  /** Whether a source is being reloaded now. */
  get isRunning(): boolean {
    return this.#resume !== undefined;
  }

  /** Whether the source has just failed or is being loaded: what the player does then is not done by the viewer. */
  get isLoading(): boolean {
    if (this.#resume === undefined) return false;
    const { phase, failedAtMs } = this.#resume;
    return phase === 'loading' || (phase === 'asking' && performance.now() - failedAtMs < OWN_PAUSE_MS);
  }

  /** The speed at which it will continue; undefined when none is running. */
  get playbackRate(): number | undefined {
    return this.#resume?.playbackRate;
  }

  set playbackRate(playbackRate: number) {
    if (this.#resume !== undefined) this.#resume.playbackRate = playbackRate;
  }

  /** The page seeks; it will continue there. */
  seek(position: number): void {
    if (this.#resume === undefined) return;
    Object.assign(this.#resume, { position, failedAt: position });
    this.#stage.position.hold(position);
  }

  /** Takes note of an event of the media: the viewer may use the player's own controls, except while it loads or is broken. */
  follow(type: string, { media, isBroken }: Screen): void {
    if (this.#resume === undefined || this.isLoading || isBroken) return;
    if (type === 'ratechange') this.#resume.playbackRate = media.playbackRate;
    if (type !== 'seeking') return;
    Object.assign(this.#resume, { position: media.currentTime, failedAt: media.currentTime });
    this.#stage.position.seek(media.currentTime);
  }

  /** Ends the wait for the source that is being loaded: it has failed, or the stage is closed. */
  abandon(): void {
    if (this.#resume !== undefined) Object.assign(this.#resume, { phase: 'asking', failedAtMs: performance.now() });
    this.#loading.abort();
  }

  /** Requests a new grant and reloads the source at this position; resolves when it is there, or will never be. */
  async run(screen: Screen, position: number): Promise<void> {
    const { host, closed } = this.#stage;
    this.abandon();
    if (this.#resume !== undefined || closed.aborted) return;
    const { playbackRate } = screen.media;
    const resume: Resume = {
      ...{ position, playbackRate, failedAt: position, failedAtMs: performance.now(), phase: 'asking' },
    };
    this.#resume = resume;
    this.count += 1;
    host.onWaiting(true);
    try {
      while (!(await this.#attempt(screen, resume))) closed.throwIfAborted();
    } catch (error) {
      // Refused by the host app, which ends the session and closes the stage: its owner learns of it from the session.
      this.#stage.report(error);
    } finally {
      this.#resume = undefined;
      host.onWaiting(false);
    }
  }

  /** False when the new source failed too, before or at its position. @throws the refusal, or whatever ends the attempts */
  async #attempt(screen: Screen, resume: Resume): Promise<boolean> {
    const { host, closed } = this.#stage;
    resume.phase = 'asking';
    // The viewer may have sought since; a new source begins at its beginning.
    this.#stage.position.hold(resume.position);
    const pauseMs = this.#pace.nextPauseMs(resume.failedAt);
    if (pauseMs === undefined) {
      // As for every media element: https://html.spec.whatwg.org/multipage/media.html#dedicated-media-source-failure-steps
      const error = new DOMException('The source cannot be played.', 'NotSupportedError');
      this.#stage.plays.reject(error);
      host.onUnplayable(error);
      throw error;
    }
    await systemClock.sleep(pauseMs, closed);
    const playback = await host.renewNow();
    closed.throwIfAborted();
    this.#stage.discardGrants();
    this.#loading = new AbortController();
    const bound = { timeoutMs: LOAD_TIMEOUT_MS, signal: this.#loading.signal };
    const { media } = screen;
    // What was buffered has played on meanwhile.
    if (!screen.isBroken && !media.ended) resume.position = Math.max(resume.position, media.currentTime);
    this.#stage.position.hold(resume.position);
    resume.phase = 'loading';
    try {
      if (!(await reloadMedia(media, () => screen.reload(playback), bound))) return false;
      resume.phase = 'arriving';
      media.playbackRate = resume.playbackRate;
      if (this.#stage.wantsToPlay()) this.#stage.play(media);
      // A player that does not report its arrival plays all the same.
      await seekTo(media, resume.position, bound);
      return !bound.signal.aborted;
    } catch (error) {
      this.#stage.report(error);
      return false;
    }
  }
}
