import { type Playback, systemClock } from '@videostorage/core';
import { becomeAudible } from './become-audible.ts';
import { isEnlarged } from './is-enlarged.ts';
import { isFocused } from './is-focused.ts';
import { MEDIA_EVENTS, type MediaSurface } from './media-surface.ts';
import { PendingPlays } from './pending-plays.ts';
import { RefusalPace } from './refusal-pace.ts';
import type { Screen, ScreenSettings } from './screen.ts';
import { SourceReload } from './source-reload.ts';
import type { StageHost, StageState } from './stage-host.ts';
import { StagePosition } from './stage-position.ts';
import { swapScreens } from './swap-screens.ts';

/** Pauses before a renewed source that could not take over is prepared again; after the last one the old source stays. */
const SWAP_PAUSES_MS = [1000, 4000];

/**
 * The place where the video plays, with any player: one screen is visible and audible. For a renewed grant that needs a new
 * source, a second one is prepared behind it and takes over at the same position. A source that is refused during playback
 * is reloaded in the same player with a new grant.
 */
export class Stage {
  readonly #element: HTMLElement;
  readonly #host: StageHost;
  readonly #closed = new AbortController();
  #screen: Screen | undefined;
  #newest: Playback | undefined;
  #isSwapping = false;
  /** Ends the pause before another attempt to change sources. */
  #swapPause = new AbortController();
  /**
   * The browser allows no second player to sound before the viewer has touched this one, so sources are reloaded in the same
   * player.
   */
  #isSoundRefused = false;
  /** The page's own setting while the first screen is muted so that the second one can become audible. */
  #takingOver: { muted: boolean } | undefined;
  #wantsToPlay = false;
  #isHeld = false;
  readonly #position = new StagePosition();
  readonly #plays = new PendingPlays();
  readonly #refusals = new RefusalPace();
  readonly #reload: SourceReload;

  constructor(element: HTMLElement, host: StageHost) {
    this.#element = element;
    this.#host = host;
    const { signal } = this.#closed;
    this.#reload = new SourceReload({
      ...{ host, closed: signal, position: this.#position, plays: this.#plays },
      wantsToPlay: () => this.#wantsToPlay,
      play: (media) => this.#play(media),
      discardGrants: () => {
        this.#newest = undefined;
      },
      report: (error) => this.#reportToPage(error),
    });
    // A control that the viewer drags must not be replaced. While a video's menu is open, the page gets no event of the
    // release.
    element.addEventListener('pointerdown', () => this.#hold(true), { signal });
    for (const type of ['pointerdown', 'keydown'])
      element.addEventListener(
        type,
        () => {
          this.#isSoundRefused = false;
        },
        { signal },
      );
    for (const type of ['pointerup', 'pointercancel', 'contextmenu'])
      window.addEventListener(type, () => this.#hold(false), { signal });
    const onLeave = () => this.#refresh();
    // In the capture phase, since Safari's own events do not bubble.
    for (const type of ['fullscreenchange', 'leavepictureinpicture', 'webkitpresentationmodechanged'])
      element.addEventListener(type, onLeave, { signal, capture: true });
  }

  /** What plays; undefined until the first screen is there. */
  get media(): MediaSurface | undefined {
    return this.#screen?.media;
  }

  /** The position: that of the media, but never before the one from which a new source continues. */
  get currentTime(): number {
    return this.#position.of(this.#screen);
  }

  set currentTime(position: number) {
    // First, since it throws for what is no position.
    const media = this.#screen?.media;
    if (media !== undefined) media.currentTime = position;
    this.#position.seek(position);
    // A player may forget what is set before it is loaded.
    if (media !== undefined && !(media.duration > 0)) this.#position.hold(position);
    this.#reload.seek(position);
  }

  /** Speed, also while a source is being reloaded, which sets its player's back to the initial one; undefined without a screen. */
  get playbackRate(): number | undefined {
    return this.#reload.playbackRate ?? this.#screen?.media.playbackRate;
  }

  set playbackRate(playbackRate: number) {
    this.#reload.playbackRate = playbackRate;
    if (this.#screen !== undefined) this.#screen.media.playbackRate = playbackRate;
  }

  /** Whether the viewer has muted it, also while one screen is muted for another to take over; undefined without a screen. */
  get muted(): boolean | undefined {
    return this.#takingOver?.muted ?? this.#screen?.media.muted;
  }

  set muted(muted: boolean) {
    if (this.#takingOver !== undefined) this.#takingOver.muted = muted;
    else if (this.#screen !== undefined) this.#screen.media.muted = muted;
  }

  /** Opens the first screen. @throws {Error} when its player cannot be loaded */
  async show(playback: Playback, state: StageState): Promise<void> {
    const { screen } = await this.#open(playback, state, {});
    if (this.#closed.signal.aborted) return screen.dispose();
    this.#position.hold(state.startAt);
    this.#use(screen);
    if (this.#plays.areWaiting) this.#play(screen.media);
    if (this.#newest !== undefined) this.renew(this.#newest);
  }

  /**
   * Starts playback; resolves when it plays, also when its source must first be reloaded, or a renewed one takes over.
   * @throws {DOMException} the browser does not let the page play, it was paused before it did, or the source cannot be played
   */
  async play(): Promise<void> {
    this.#wantsToPlay = true;
    const playing = this.#plays.add();
    // As each media element: https://html.spec.whatwg.org/multipage/media.html#internal-play-steps
    if (this.#screen?.media.ended) this.#reload.seek(0);
    if (this.#closed.signal.aborted) this.#plays.reject();
    else if (this.#screen !== undefined) this.#play(this.#screen.media);
    await playing;
  }

  /** Pauses the media. */
  pause(): void {
    this.#wantsToPlay = false;
    this.#plays.reject();
    this.#screen?.media.pause();
  }

  /** Focuses the current screen. */
  focus(): void {
    this.#screen?.focusTarget.focus({ preventScroll: true });
  }

  /** Uses a renewed grant: at once when requests carry it, otherwise with a new screen while the video plays. */
  renew(playback: Playback): void {
    // A grant that arrived before the first screen is older now.
    this.#newest = this.#screen?.renew(playback) ? undefined : playback;
    if (this.#newest === undefined) return;
    this.#swapPause.abort();
    this.#refresh();
  }

  /** Stops everything and removes it from the page. */
  close(): void {
    this.#closed.abort();
    this.#swapPause.abort();
    this.#reload.abandon();
    this.#plays.reject();
    this.#screen?.dispose();
    this.#screen = undefined;
  }

  /** A paused video needs no new source before the viewer continues. */
  #refresh(): void {
    const screen = this.#screen;
    if (screen === undefined || this.#newest === undefined || this.#isSwapping || this.#reload.isRunning) return;
    const isPaused = screen.media.paused && !this.#plays.areWaiting;
    if (isPaused || screen.media.ended || this.#isHeld || isEnlarged(screen)) return;
    if (this.#isSoundRefused && !screen.media.muted) return;
    void this.#swap(screen);
  }

  async #swap(first: Screen): Promise<void> {
    this.#isSwapping = true;
    try {
      let screen = first;
      for (let failures = 0; this.#newest !== undefined && !this.#closed.signal.aborted; ) {
        if (this.#reload.isRunning) break;
        const playback = this.#newest;
        const reloads = this.#reload.count;
        this.#newest = undefined;
        const next = await this.#prepare(screen, playback);
        const isReloaded = reloads !== this.#reload.count;
        if (next === 'interrupted') {
          if (!isReloaded) this.#newest ??= playback;
          break;
        }
        if (next === 'refused') break;
        failures = next === undefined ? failures + 1 : 0;
        screen = next ?? screen;
        // When this source could not be played, a newer one perhaps can.
        const isOutdated = this.#newest !== undefined || isReloaded;
        if (next === undefined && !isOutdated) await this.#tryAgainLater(playback, failures);
      }
    } finally {
      this.#isSwapping = false;
      this.#refresh();
    }
  }

  /** A newer grant ends the pause, and so does a reload in the same player: this source is then outdated. */
  async #tryAgainLater(playback: Playback, failures: number): Promise<void> {
    const pauseMs = SWAP_PAUSES_MS[failures - 1];
    if (pauseMs === undefined || this.#reload.isRunning) return;
    this.#swapPause = new AbortController();
    const signal = AbortSignal.any([this.#closed.signal, this.#swapPause.signal]);
    const isOver = await systemClock.sleep(pauseMs, signal).then(() => true, endedEarly);
    if (isOver) this.#newest ??= playback;
  }

  /**
   * A second screen that has taken over; undefined when it could not, and the first one goes on; `interrupted` when an action of
   * the viewer or a fullscreen display prevented it, and it may be tried again; `refused` when the browser does not let it sound.
   */
  async #prepare(screen: Screen, playback: Playback): Promise<Screen | 'interrupted' | 'refused' | undefined> {
    const { media } = screen;
    const state = { startAt: this.currentTime, volume: media.volume, muted: true, playbackRate: media.playbackRate };
    let next: Screen | undefined;
    let [isInterrupted, isSilent] = [false, false];
    const reloads = this.#reload.count;
    try {
      const { screen: opened, failed } = await this.#open(playback, state, { preload: 'auto' });
      next = opened;
      next.element.setAttribute('data-waiting', '');
      next.element.inert = true;
      const isStill = () => {
        isInterrupted ||= this.#isHeld || isEnlarged(screen);
        return isInterrupted || reloads !== this.#reload.count || this.#screen !== screen || failed.aborted;
      };
      const signal = AbortSignal.any([this.#closed.signal, failed]);
      const outcome = await swapScreens(media, next.media, {
        ...{ signal, isStill, beginAt: () => this.currentTime },
        becomeAudible: () => this.#makeAudible(opened.media, media, signal),
      });
      if (outcome === 'ready') {
        this.#takeOver(screen, next);
        return next;
      }
      isSilent = outcome === 'silent' && !failed.aborted;
      this.#isSoundRefused ||= isSilent;
      isInterrupted ||= outcome === 'ended';
    } catch (error) {
      // The old source continues, and is reloaded in the same player if it is refused.
      this.#reportToPage(error);
    }
    next?.dispose();
    if (isInterrupted) return 'interrupted';
    return isSilent ? 'refused' : undefined;
  }

  /** The page sees its own setting while the first one is muted for this. */
  async #makeAudible(next: MediaSurface, media: MediaSurface, signal: AbortSignal): Promise<boolean> {
    const wish = { muted: media.muted };
    this.#takingOver = wish;
    try {
      return await becomeAudible(next, media, signal);
    } finally {
      this.#takingOver = undefined;
      this.muted = wish.muted;
    }
  }

  #takeOver(screen: Screen, next: Screen): void {
    const { media } = screen;
    const hadFocus = isFocused(screen.focusTarget);
    next.media.playbackRate = media.playbackRate;
    next.showCaptionsOf(screen);
    this.#position.hold(this.currentTime);
    next.element.removeAttribute('data-waiting');
    next.element.inert = false;
    this.#use(next);
    // A player in a frame may not have carried out a pause of the page yet.
    if (!next.media.paused && !this.#wantsToPlay) next.media.pause();
    if (!next.media.paused) this.#plays.resolve();
    else if (this.#wantsToPlay && this.#plays.areWaiting) this.#play(next.media);
    else {
      // The event of the pause may not have been dispatched yet.
      this.#wantsToPlay = false;
      this.#plays.reject();
    }
    // Dispatches events for what the viewer has changed meanwhile.
    next.media.volume = media.volume;
    next.media.muted = media.muted;
    if (hadFocus) next.focusTarget.focus({ preventScroll: true });
    screen.dispose();
  }

  #use(screen: Screen): void {
    this.#screen = screen;
    let heard = `${screen.media.volume} ${screen.media.muted}`;
    for (const type of MEDIA_EVENTS) {
      screen.media.addEventListener(type, (event) => {
        if (this.#screen !== screen) return;
        this.#follow(type, screen);
        // A screen that has taken over becomes audible now; this is not a change of volume for the page.
        const now = `${screen.media.volume} ${screen.media.muted}`;
        if (type === 'volumechange' && (now === heard || this.#takingOver !== undefined)) return;
        heard = now;
        this.#host.onMediaEvent(event, this.#wantsToPlay);
      });
    }
  }

  #follow(type: string, screen: Screen): void {
    const { media, isBroken } = screen;
    if (type === 'playing') this.#plays.resolve();
    if (type === 'play') this.#wantsToPlay = true;
    // A failing source is paused by its player, not by the viewer.
    const isStopped = type === 'ended' || (type === 'pause' && !isBroken);
    if (isStopped && !this.#reload.isLoading) this.#wantsToPlay = false;
    if (this.#reload.isRunning) {
      this.#reload.follow(type, screen);
      return;
    }
    if (type === 'loadedmetadata' && this.#plays.areWaiting && media.paused) {
      this.#wantsToPlay = true;
      this.#play(media);
    }
    this.#position.follow(type, screen);
    if (type === 'play' || type === 'playing' || type === 'seeking') this.#refresh();
  }

  /**
   * Loading a source ends the `play` before it, and what is removed from the page may never settle it, so calls wait for the
   * video and not for this: https://html.spec.whatwg.org/multipage/media.html#media-element-load-algorithm
   */
  #play(media: MediaSurface): void {
    const isShown = () => this.#screen?.media === media;
    media.play().then(
      () => isShown() && this.#plays.resolve(),
      (error: unknown) => {
        if (!isShown()) return;
        // The viewer starts it then.
        if (error instanceof DOMException && error.name === 'NotAllowedError') this.#wantsToPlay = false;
        this.#plays.fail(error, this.#wantsToPlay);
      },
    );
  }

  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld) this.#refresh();
  }

  async #recover(screen: Screen): Promise<void> {
    // One that is being prepared fails for itself.
    if (this.#screen !== screen) return;
    this.#swapPause.abort();
    await this.#reload.run(screen, this.currentTime);
    this.#refresh();
  }

  /** What nobody awaits is an error of the page, as one that a listener throws, unless the stage was closed meanwhile. */
  #reportToPage(error: unknown): void {
    if (!this.#closed.signal.aborted) globalThis.reportError?.(error);
  }

  /** A failure of the visible screen starts a recovery; a screen that is still being prepared is abandoned. */
  async #open(playback: Playback, state: StageState, over: Partial<ScreenSettings>) {
    let screen: Screen | undefined;
    const failed = new AbortController();
    const onFailed = () => {
      failed.abort();
      if (screen !== undefined) void this.#recover(screen);
    };
    const onRefused = () => {
      if (this.#refusals.mayAsk(this.currentTime)) this.#host.renewNow().catch(ignoreRefusal);
    };
    const settings = { ...this.#host.settingsOf(playback), ...state, onFailed, onRefused, ...over };
    screen = await this.#host.open(this.#element, playback, settings);
    return { screen, failed: failed.signal };
  }
}

/** The host app has ended the session, which reports it. */
function ignoreRefusal(): void {}

/** The pause before another attempt was cut short. */
function endedEarly(): boolean {
  return false;
}
