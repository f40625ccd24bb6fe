import { isVideoStorageError, type Playback, type PlaybackKind, type VideoStorageError } from '@videostorage/core';
import { createPlaybackSession } from '../session/create-playback-session.ts';
import type { PlaybackSession } from '../session/playback-session.ts';
import type { PlaybackTransport, PlaybackTransportOptions } from '../session/playback-transport.ts';
import { cloudflareScreens } from './cloudflare-screen.ts';
import { defaultTransport } from './default-transport.ts';
import { failureSentence } from './failure-sentence.ts';
import { isUnfocused } from './is-unfocused.ts';
import { EMBED_SCRIPT_URL } from './load-embed-script.ts';
import { MediaElement } from './media-element.ts';
import { ignoreRefusal } from './pending-plays.ts';
import type { PlayerElementEventMap } from './player-element-events.ts';
import { ENGLISH_TEXTS, type PlayerTexts } from './player-texts.ts';
import { type Notice, PlayerView } from './player-view.ts';
import { safeUrl } from './safe-url.ts';
import type { OpenScreen } from './screen.ts';
import { withSignedQuery } from './signed-query.ts';
import { Stage } from './stage.ts';
import type { StageHost } from './stage-host.ts';
import { unplayable } from './unplayable.ts';
import { upgradeProperty } from './upgrade-property.ts';
import { openVideoJsScreen } from './video-js-screen.ts';
import { WatchedExtent } from './watched-extent.ts';

const KINDS: readonly PlaybackKind[] = ['iframe', 'hls', 'dash', 'file'];
/** A shorter wait shows no notice. */
const SAY_WAITING_AFTER_MS = 1500;
/** Properties that a framework may set before the element is defined. */
const PROPERTIES = ['transport', 'texts', 'headers', 'volume', 'muted', 'playbackRate', 'currentTime'] as const;
/** Attributes whose change requests another video, or requests it in another way. */
const RESTARTING: readonly string[] = ['video-id', 'endpoint', 'kind', 'credentials', 'embed-script-url', 'preload'];

/**
 * `<video-storage-player video-id endpoint>`: plays a protected video in Cloudflare's player or by Video.js, as its grant
 * requires, and renews the grant while the video is watched. Its members and events are those of HTMLMediaElement.
 */
export class VideoStoragePlayerElement extends MediaElement {
  /** Attributes that are watched. */
  static readonly observedAttributes: readonly string[] = [...RESTARTING, 'poster', 'label'];
  readonly #view: PlayerView;
  #transport: PlaybackTransport | undefined;
  #headers: PlaybackTransportOptions['headers'];
  #texts: PlayerTexts = ENGLISH_TEXTS;
  #session: PlaybackSession | undefined;
  #running: AbortController | undefined;
  #error: VideoStorageError | undefined;
  #extent = new WatchedExtent();
  #resume: { readonly videoId: string; readonly position: number } | undefined;
  #isDue = false;
  #wantsToPlay = false;
  /** Whether the focus was on a part that was removed, so that it moves to the next one. */
  #owesFocus = false;

  constructor() {
    super();
    this.#view = new PlayerView(
      this.attachShadow({ mode: 'open' }),
      ENGLISH_TEXTS,
      () => void this.play().catch(ignoreRefusal),
    );
  }

  /** Requests grants from the host app; replaces `endpoint`, `credentials` and `headers`. */
  get transport(): PlaybackTransport | undefined {
    return this.#transport;
  }

  set transport(transport: PlaybackTransport | undefined) {
    this.#transport = transport;
    this.#restart();
  }

  /**
   * Headers that are sent with each request of the default transport, with their value at that moment, for instance a
   * bearer token; or a function that returns them.
   */
  get headers(): PlaybackTransportOptions['headers'] {
    return this.#headers;
  }

  set headers(headers: PlaybackTransportOptions['headers']) {
    this.#headers = headers;
  }

  /** Texts that replace some or all of the English ones; a change also applies to texts that are shown already. */
  get texts(): PlayerTexts {
    return this.#texts;
  }

  set texts(texts: Partial<PlayerTexts>) {
    this.#texts = { ...ENGLISH_TEXTS, ...texts };
    this.#view.texts = this.#texts;
  }

  /** The id of the video: the attribute `video-id`. */
  get videoId(): string {
    return this.getAttribute('video-id') ?? '';
  }

  set videoId(videoId: string) {
    this.setAttribute('video-id', videoId);
  }

  /** The newest grant; undefined until there is one. */
  get playback(): Playback | undefined {
    return this.#session?.playback;
  }

  /** Number of renewals of the grant. */
  get renewals(): number {
    return this.#session?.renewals ?? 0;
  }

  /** The error because of which nothing plays; undefined while a video plays or can be played. */
  get error(): VideoStorageError | undefined {
    return this.#error;
  }

  /** How far the video was watched without a gap, in seconds. */
  get seenUntil(): number {
    return this.#extent.seconds;
  }

  /** As for every element, but typed with the details of the player's own events. */
  override addEventListener<Type extends keyof PlayerElementEventMap>(
    type: Type,
    listener: (event: PlayerElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  /**
   * Plays; requests the grant first if that has not happened yet. @throws {DOMException} `NotAllowedError`: the browser does not
   * let the page play; `AbortError`: it was stopped before it played; `NotSupportedError`: it cannot be played
   */
  override async play(): Promise<void> {
    this.#wantsToPlay = true;
    if (this.#running === undefined && !this.#isDue && this.isConnected) void this.#start();
    await super.play();
  }

  /** Pauses. */
  override pause(): void {
    this.#wantsToPlay = false;
    super.pause();
  }

  /** Called by the browser. */
  connectedCallback(): void {
    for (const name of PROPERTIES) upgradeProperty(this, name);
    this.#view.styleIn(this.ownerDocument);
    this.#restart();
  }

  /** Called by the browser: stops everything; inserted again, the element continues at its position. */
  disconnectedCallback(): void {
    this.#remember();
    this.#stop();
    this.refuseToPlay();
    this.#owesFocus = false;
  }

  /** Called by the browser. */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'label') this.#view.label = after || undefined;
    if (before === after || !this.isConnected) return;
    if (RESTARTING.includes(name)) this.#restart();
    else if (this.#view.isStartShown) this.#showStart();
    else if (name === 'poster' && this.playback !== undefined) this.#view.poster = this.#posterOf(this.playback);
  }

  /** Several changes at once cause one start. */
  #restart(): void {
    if (!this.isConnected || this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#remember();
      this.#stop();
      this.#error = undefined;
      // Errors of a video that is no longer requested are not shown.
      this.#view.show(undefined);
      if (!this.isConnected || this.videoId === '') return;
      if (this.getAttribute('preload') !== 'none' || this.#wantsToPlay || this.hasAttribute('autoplay')) {
        void this.#start();
        return;
      }
      this.#showStart();
    });
  }

  #showStart(): void {
    this.#view.showStart(this.#safe(this.getAttribute('poster') ?? undefined));
  }

  async #start(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#running = controller;
    this.#error = undefined;
    const startAt = this.#startAt();
    this.#beginVideo();
    this.#owesFocus ||= this.#view.hasFocus;
    window.addEventListener('pagehide', () => this.#reportSeen(), { signal });
    this.#view.hideStart();
    this.#view.show({ text: ({ loading }) => loading, isFailure: false, isAlone: true });
    try {
      const kind = KINDS.find((each) => each === this.getAttribute('kind'));
      const transport = this.#transport ?? defaultTransport(this);
      const session = await createPlaybackSession({ transport, videoId: this.videoId, kind, signal });
      signal.throwIfAborted();
      this.#session = session;
      const stage = new Stage(this.#view.stage, this.#stageHost(session, signal));
      signal.addEventListener('abort', () => stage.close());
      session.onRenewed((playback) => {
        stage.renew(playback);
        const { renewals } = session;
        this.#report('renewed', { renewals, access: playback.access, expiresAt: playback.expiresAt });
      });
      session.onEnded((error) => this.#endByHost(error));
      await stage.show(session.playback, { startAt, ...this.takeInitialState() });
      signal.throwIfAborted();
      this.#view.show(undefined);
      this.#view.poster = this.#posterOf(session.playback);
      this.attachStage(stage);
      this.#passFocus(() => stage.focus());
      if (this.#wantsToPlay) await stage.play().catch(ignoreRefusal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #stageHost(session: PlaybackSession, signal: AbortSignal): StageHost {
    let saying: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener('abort', () => clearTimeout(saying));
    return {
      open: (parent, playback, settings) => this.#opener(playback)(parent, playback, settings),
      settingsOf: (playback) => ({
        posterUrl: this.#posterOf(playback),
        tracks: (playback.textTracks ?? []).flatMap((track) => {
          const url = this.#signed(track.url, playback);
          return url === undefined ? [] : [{ ...track, url }];
        }),
        label: this.getAttribute('label') || this.#texts.player,
        preload: 'metadata',
      }),
      renewNow: async () => {
        const renewed = await session.renewNow();
        try {
          this.#assertSafe(renewed);
        } catch (error) {
          this.#fail(error);
          throw error;
        }
        return renewed;
      },
      onMediaEvent: (event, wantsToPlay) => this.#onMediaEvent(event, session, wantsToPlay),
      onWaiting: (isWaiting) => {
        clearTimeout(saying);
        const show = () => this.#view.show({ text: ({ waiting }) => waiting, isFailure: false, isAlone: false });
        if (isWaiting) saying = setTimeout(show, SAY_WAITING_AFTER_MS);
        else if (!signal.aborted) this.#view.show(undefined);
      },
      onUnplayable: (error) => this.#fail(error, ({ unplayable }) => unplayable),
    };
  }

  #opener(playback: Playback): OpenScreen {
    if (playback.kind === 'iframe') {
      const script = this.#safe(this.getAttribute('embed-script-url') ?? EMBED_SCRIPT_URL);
      if (script === undefined) throw new Error('The address of the embed script is not safe.');
      return cloudflareScreens(script);
    }
    this.#assertSafe(playback);
    return openVideoJsScreen;
  }

  #onMediaEvent(event: Event, session: PlaybackSession, wantsToPlay: boolean): void {
    const { type } = event;
    // Also by the browser's own controls.
    if (type === 'play' || type === 'pause' || type === 'ended') this.#wantsToPlay = wantsToPlay;
    if (type === 'play') session.wake();
    if (type === 'seeking') this.#extent.seeked();
    const isMoving = type === 'ended' || (type === 'timeupdate' && !this.paused);
    const reached = isMoving ? this.#extent.playedAt(this.currentTime, this.playbackRate) : undefined;
    if (reached !== undefined) this.#report('seen-until', { videoId: this.#extent.videoId, seconds: reached });
    if (type === 'pause' || type === 'ended') this.#reportSeen();
    if (type === 'playing' && this.isPictureless) {
      this.#view.show({ text: ({ noPicture }) => noPicture, isFailure: true, isAlone: false });
    }
    this.dispatchEvent(new Event(type));
  }

  #endByHost(error: VideoStorageError): void {
    const position = this.currentTime;
    this.#end(error, ({ signedOut, ended }) => (error.code === 'UNAUTHENTICATED' ? signedOut : ended));
    this.#report('ended-by-host', { error, position });
  }

  #fail(error: unknown, text: Notice['text'] = (texts) => failureSentence(error, texts)): void {
    this.refuseToPlay(new DOMException('The video cannot be played.', 'NotSupportedError'));
    this.#end(isVideoStorageError(error) ? error : unplayable(error), text);
    this.dispatchEvent(new Event('error'));
  }

  /** Stops playback, shows why, and offers to try again. */
  #end(error: VideoStorageError, text: Notice['text']): void {
    this.#remember();
    this.#stop();
    this.refuseToPlay();
    this.#error = error;
    this.#view.show({ text, isFailure: true, isAlone: true, onRetry: () => this.#retry() });
    this.#passFocus(() => this.#view.focusRetry());
  }

  /** If the focus is elsewhere meanwhile, it stays there. */
  #passFocus(focus: () => void): void {
    if (this.#owesFocus && isUnfocused(this)) focus();
    this.#owesFocus = false;
  }

  #retry(): void {
    this.#stop();
    void this.#start();
  }

  #stop(): void {
    this.#owesFocus ||= this.#view.hasFocus;
    this.#reportSeen();
    // Read before the signal closes the screen: the values that the viewer has set with the browser's own controls.
    this.attachStage(undefined);
    this.#running?.abort();
    this.#running = undefined;
    this.#session = undefined;
    this.#view.hideStart();
  }

  /** The position from which the same video continues when it is started again. */
  #remember(): void {
    const { videoId } = this.#session?.playback ?? {};
    const position = this.currentTime;
    // A player that has not loaded the video has no position: the previous one is still valid. One whose source has failed has
    // only no duration.
    if (videoId === undefined || !(this.duration > 0 || position > 0)) return;
    this.#resume = position > 0 && !this.ended ? { videoId, position } : undefined;
  }

  /** The position at which the same video was stopped. */
  protected override get restingPosition(): number {
    return this.#resume?.videoId === this.videoId ? this.#resume.position : 0;
  }

  /** A video that is started again continues with its watched extent, and plays only if it did before. */
  #beginVideo(): void {
    if (this.#extent.videoId !== this.videoId) {
      this.#extent = new WatchedExtent(this.#startAt(), this.videoId);
      this.#wantsToPlay ||= this.hasAttribute('autoplay');
    }
    this.#extent.seeked();
  }

  #startAt(): number {
    if (this.#resume?.videoId === this.videoId) return this.#resume.position;
    this.#resume = undefined;
    const seconds = Number(this.getAttribute('start-at'));
    return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
  }

  #assertSafe({ sources }: Playback): void {
    if (sources.some(({ url }) => this.#safe(url) === undefined)) {
      throw new Error('The address of the video is not safe.');
    }
  }

  #posterOf(playback: Playback): string | undefined {
    return this.#signed(this.getAttribute('poster') ?? playback.posterUrl, playback);
  }

  /** URLs below the scope of a signed query need the query too. */
  #signed(url: string | undefined, playback: Playback): string | undefined {
    const safe = this.#safe(url);
    return safe === undefined ? undefined : withSignedQuery(safe, playback);
  }

  #safe(url: string | undefined): string | undefined {
    return safeUrl(url, new URL(document.baseURI))?.href;
  }

  #reportSeen(): void {
    const seconds = this.#extent.report();
    if (seconds !== undefined) this.#report('seen-until', { videoId: this.#extent.videoId, seconds });
  }

  #report<Name extends keyof PlayerElementEventMap>(name: Name, detail: PlayerElementEventMap[Name]['detail']): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
