import type { MediaSurface } from './media-surface.ts';
import { PendingPlays } from './pending-plays.ts';
import type { Stage } from './stage.ts';

/** Without a document, on a server that renders the page, the class can be imported; the element works only in a browser. */
const ElementBase: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * Implements the members of HTMLMediaElement on top of whichever player shows the video. Values that the page sets before
 * there is a player are kept and passed to it.
 */
export abstract class MediaElement extends ElementBase {
  #stage: Stage | undefined;
  #state: { volume: number; muted: boolean | undefined; playbackRate: number; currentTime: number | undefined } = {
    ...{ volume: 1, muted: undefined, playbackRate: 1, currentTime: undefined },
  };
  /** What the page has set since a first screen began, which is not on the stage yet. */
  #late: Partial<Pick<Stage, 'muted'> & Pick<MediaSurface, 'volume' | 'playbackRate'>> = {};
  #plays = new PendingPlays();

  /**
   * Position in seconds. It never jumps back unless the page or the viewer sets it, not even when a renewed source takes
   * over.
   */
  get currentTime(): number {
    return this.#stage?.currentTime ?? this.#state.currentTime ?? this.restingPosition;
  }

  set currentTime(seconds: number) {
    // A player in a frame may not refuse what is no position.
    assertTaken({ currentTime: seconds });
    if (this.#stage !== undefined) this.#stage.currentTime = seconds;
    else this.#state.currentTime = seconds;
  }

  /** Duration in seconds; NaN until it is known. */
  get duration(): number {
    return this.#stage?.media?.duration ?? Number.NaN;
  }

  /** Whether it is paused. */
  get paused(): boolean {
    return this.#stage?.media?.paused ?? true;
  }

  /** Whether it has played to its end. */
  get ended(): boolean {
    return this.#stage?.media?.ended ?? false;
  }

  /** Volume, from 0 to 1. */
  get volume(): number {
    return this.#stage?.media?.volume ?? this.#state.volume;
  }

  set volume(volume: number) {
    assertTaken({ volume });
    this.#state.volume = volume;
    if (this.#stage?.media) this.#stage.media.volume = volume;
    else this.#late.volume = volume;
  }

  /** Whether the sound is off; initially the attribute `muted`. */
  get muted(): boolean {
    return this.#stage?.muted ?? this.#state.muted ?? this.hasAttribute('muted');
  }

  set muted(muted: boolean) {
    this.#state.muted = muted;
    if (this.#stage) this.#stage.muted = muted;
    else this.#late.muted = muted;
  }

  /** Playback speed; 1 is normal. */
  get playbackRate(): number {
    return this.#stage?.playbackRate ?? this.#state.playbackRate;
  }

  set playbackRate(playbackRate: number) {
    assertTaken({ playbackRate });
    this.#state.playbackRate = playbackRate;
    if (this.#stage?.media) this.#stage.playbackRate = playbackRate;
    else this.#late.playbackRate = playbackRate;
  }

  /**
   * Plays, as soon as there is a source. @throws {DOMException} `NotAllowedError`: the browser does not let the page play;
   * `AbortError`: it was stopped before it played; `NotSupportedError`: it cannot be played
   */
  async play(): Promise<void> {
    if (this.#stage !== undefined) return this.#stage.play();
    return this.#plays.add();
  }

  /** Pauses; a `play()` that is still waiting for a source rejects. */
  pause(): void {
    this.refuseToPlay();
    this.#stage?.pause();
  }

  /** The value of `currentTime` while there is no player. */
  protected get restingPosition(): number {
    return 0;
  }

  /**
   * Returns the values with which the first player is to start; values that are set later are passed to it when it is
   * ready.
   */
  protected takeInitialState(): { volume: number; muted: boolean; playbackRate: number } {
    this.#late = {};
    const { volume, muted, playbackRate } = this;
    return { volume, muted, playbackRate };
  }

  /** Whether the sound plays without the picture: the browser lacks the decoder, and reports no error. */
  protected get isPictureless(): boolean {
    const media = this.#stage?.media;
    return (
      media instanceof HTMLVideoElement &&
      media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA &&
      media.videoWidth === 0
    );
  }

  /** @internal The player that the surface is of; undefined when there is none any more. */
  protected attachStage(stage: Stage | undefined): void {
    const { media, muted, playbackRate } = this.#stage ?? {};
    if (media !== undefined) Object.assign(this.#state, { volume: media.volume, muted, playbackRate });
    this.#stage = stage;
    if (stage === undefined) return;
    const plays = this.#plays;
    this.#plays = new PendingPlays();
    const { currentTime } = this.#state;
    this.#state.currentTime = undefined;
    if (currentTime !== undefined) stage.currentTime = currentTime;
    const { muted: isMuted, ...late } = this.#late;
    if (isMuted !== undefined) stage.muted = isMuted;
    if (stage.media !== undefined) Object.assign(stage.media, late);
    if (!plays.areWaiting) return;
    stage.play().then(
      () => plays.resolve(),
      (error: unknown) => plays.reject(error),
    );
  }

  /** Rejects the pending promises of `play()`, by default because it was stopped. */
  protected refuseToPlay(reason?: DOMException): void {
    this.#plays.reject(reason);
  }
}

/**
 * Validates a value with an element of the browser: the player would refuse the same values, but only after it was loaded.
 * @throws like the browser's element
 */
function assertTaken(member: Partial<Pick<MediaSurface, 'currentTime' | 'volume' | 'playbackRate'>>): void {
  Object.assign(document.createElement('video'), member);
}
