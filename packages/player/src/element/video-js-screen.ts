import type { Playback, TextTrack } from '@videostorage/core';
import { loadVideoJs, type VideoJs } from './load-video-js.ts';
import type { Screen, ScreenSettings } from './screen.ts';
import { withSignedQuery } from './signed-query.ts';

type Player = ReturnType<VideoJs>;

/** `HTMLTrackElement.LOADED`: its cues are loaded, and a new address would only load them again. */
const LOADED = 2;
/** `HTMLMediaElement.HAVE_FUTURE_DATA`: with less than this, the picture stands still. */
const HAVE_FUTURE_DATA = 3;

/** A request of Video.js' HLS engine. */
interface EngineRequest {
  uri: string;
  withCredentials?: boolean;
}

/** The hooks of its requests: https://github.com/videojs/http-streaming#vhsxhr */
interface RequestHooks {
  onRequest(hook: (request: EngineRequest) => EngineRequest): void;
  onResponse(hook: (request: unknown, error: unknown, response: { readonly statusCode?: number }) => void): void;
}

/**
 * Video.js around a `<video>` whose controls are the browser's own: keyboards and screen readers support them, and they need
 * no style sheet and no icon font. The browser renders captions as text.
 */
export async function openVideoJsScreen(
  parent: HTMLElement,
  playback: Playback,
  settings: ScreenSettings,
): Promise<Screen> {
  const videoJs = await loadVideoJs();
  const video = document.createElement('video');
  video.playsInline = true;
  video.preload = settings.preload;
  video.setAttribute('part', 'video');
  if (settings.posterUrl !== undefined) video.poster = settings.posterUrl;
  if (playback.access === 'cookies') video.crossOrigin = 'use-credentials';
  else if (settings.tracks.some(({ url }) => !isOfOrigin(url, document.baseURI))) video.crossOrigin = 'anonymous';
  for (const track of settings.tracks) video.append(trackOf(track));
  const holder = document.createElement('div');
  holder.setAttribute('class', 'screen');
  holder.append(video);
  parent.append(holder);
  try {
    return new VideoJsScreen(videoJs, holder, video, playback, settings);
  } catch (error) {
    holder.remove();
    throw error;
  }
}

class VideoJsScreen implements Screen {
  readonly element: HTMLElement;
  readonly media: HTMLVideoElement;
  readonly #player: Player;
  readonly #settings: ScreenSettings;
  #playback: Playback;
  /** Whether a request was refused since the last grant. */
  #isRefused = false;

  constructor(
    videoJs: VideoJs,
    holder: HTMLElement,
    video: HTMLVideoElement,
    playback: Playback,
    settings: ScreenSettings,
  ) {
    this.element = holder;
    this.media = video;
    this.#settings = settings;
    this.#playback = playback;
    this.#player = videoJs(video, {
      // Without Video.js' own interface: controls, poster, captions and messages are those of the browser and the element.
      ...{
        controls: false,
        children: ['mediaLoader'],
        errorDisplay: false,
        resizeManager: false,
        preload: settings.preload,
      },
      html5: {
        ...{ nativeTextTracks: true, nativeAudioTracks: false, nativeVideoTracks: false },
        vhs: { overrideNative: canUseEngine() },
      },
    });
    this.#player.on('xhr-hooks-ready', () => this.#hook());
    this.#player.on('error', () => settings.onFailed());
    video.controls = true;
    video.setAttribute('aria-label', settings.label);
    video.volume = settings.volume;
    video.muted = settings.muted;
    video.defaultPlaybackRate = settings.playbackRate;
    video.playbackRate = settings.playbackRate;
    this.#load();
  }

  get focusTarget(): HTMLElement {
    return this.media;
  }

  get isBroken(): boolean {
    return this.media.error !== null || this.#player.error() !== null;
  }

  renew(playback: Playback): boolean {
    const isCarriedByRequests =
      playback.access === 'cookies' || (playback.access === 'query' && playback.kind === 'hls');
    if (!isCarriedByRequests || playback.access !== this.#playback.access) return false;
    this.#playback = playback;
    this.#signTracks();
    this.#askAgain();
    return true;
  }

  reload(playback: Playback): void {
    this.#playback = playback;
    this.#isRefused = false;
    this.#load();
  }

  showCaptionsOf(other: Screen): void {
    if (!(other instanceof VideoJsScreen)) return;
    const [own, others] = [[...this.media.textTracks], [...other.media.textTracks]];
    if (own.length !== others.length) return;
    for (const [index, track] of own.entries()) track.mode = others[index]?.mode ?? track.mode;
  }

  dispose(): void {
    this.#player.dispose();
    this.element.remove();
  }

  #load(): void {
    const [source] = this.#playback.sources;
    if (source === undefined) return;
    this.#player.src({ src: withSignedQuery(source.url, this.#playback), type: source.mimeType });
  }

  /** Captions are loaded when they are first shown, perhaps with a newer grant than the first one. */
  #signTracks(): void {
    for (const track of this.media.querySelectorAll('track')) {
      const url = withSignedQuery(track.src, this.#playback);
      if (track.readyState !== LOADED && url !== track.src) track.src = url;
    }
  }

  /** Each request uses the newest grant, so that a renewal needs no new source. */
  #hook(): void {
    const hooks = requestHooksOf(this.#player);
    hooks?.onRequest((request) => {
      request.uri = withSignedQuery(request.uri, this.#playback);
      if (this.#playback.access === 'cookies' && isOfOrigin(request.uri, this.#playback.url))
        request.withCredentials = true;
      return request;
    });
    hooks?.onResponse((_request, _error, { statusCode }) => {
      // 0: there was no answer, or scripts may not read it, such as a refusal without CORS headers.
      if (statusCode !== 401 && statusCode !== 403 && statusCode !== 0) return;
      this.#isRefused = true;
      this.#settings.onRefused();
    });
  }

  /**
   * After a refusal the engine pauses for half a segment's duration before it asks again. While the picture waits for that,
   * a seek to the same position makes it ask at once.
   */
  #askAgain(): void {
    const isWaiting = this.#isRefused && this.media.readyState < HAVE_FUTURE_DATA && !this.media.ended;
    this.#isRefused = false;
    if (isWaiting) this.media.currentTime = this.media.currentTime;
  }
}

/**
 * The engine plays HLS in browsers with Media Source Extensions; in others the browser's own player does, which supports
 * only cookies.
 */
function canUseEngine(): boolean {
  return 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;
}

function trackOf({ kind, language, label, url }: TextTrack): HTMLTrackElement {
  const track = document.createElement('track');
  track.kind = kind;
  track.srclang = language;
  track.label = label;
  track.src = url;
  return track;
}

function isOfOrigin(url: string, other: string): boolean {
  return URL.canParse(url) && URL.canParse(other) && new URL(url).origin === new URL(other).origin;
}

/** The types of Video.js do not include its HLS engine. */
function requestHooksOf(player: Player): RequestHooks | undefined {
  const tech: object | undefined = player.tech(true);
  if (tech === undefined || !('vhs' in tech) || !isEngine(tech.vhs)) return undefined;
  return tech.vhs.xhr;
}

function isEngine(value: unknown): value is { readonly xhr: RequestHooks } {
  return typeof value === 'object' && value !== null && 'xhr' in value && typeof value.xhr === 'function';
}
