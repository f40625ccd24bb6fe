import type { Playback } from '@videostorage/core';
import { type EmbeddedPlayer, loadEmbedScript } from './load-embed-script.ts';
import { safeFrameUrl } from './safe-url.ts';
import type { OpenScreen, Screen, ScreenSettings } from './screen.ts';

/** The player needs its own origin and scripts; it may not navigate the page, open other pages or submit forms. */
const SANDBOX = 'allow-scripts allow-same-origin allow-presentation';
const ALLOW = 'autoplay; encrypted-media; fullscreen; picture-in-picture';

/** Opens Cloudflare's player: its page in a frame, and its embed script beside it. */
export function cloudflareScreens(embedScriptUrl: string): OpenScreen {
  return async (parent, playback, settings) => {
    const url = frameUrl(playback, settings);
    if (url === undefined) throw new Error('The address of the player is not safe to be framed.');
    const connect = await loadEmbedScript(embedScriptUrl);
    const frame = document.createElement('iframe');
    frame.setAttribute('class', 'screen');
    frame.setAttribute('part', 'frame');
    frame.setAttribute('sandbox', SANDBOX);
    frame.allow = ALLOW;
    frame.allowFullscreen = true;
    frame.referrerPolicy = 'strict-origin-when-cross-origin';
    frame.title = settings.label;
    frame.src = url.href;
    parent.append(frame);
    try {
      const media = connect(frame);
      media.addEventListener('error', settings.onFailed);
      return new CloudflareScreen(frame, media);
    } catch (error) {
      frame.remove();
      throw error;
    }
  };
}

class CloudflareScreen implements Screen {
  readonly element: HTMLIFrameElement;
  readonly media: EmbeddedPlayer;

  constructor(frame: HTMLIFrameElement, media: EmbeddedPlayer) {
    this.element = frame;
    this.media = media;
  }

  get focusTarget(): HTMLElement {
    return this.element;
  }

  /** The script does not report this. */
  get isBroken(): boolean {
    return false;
  }

  /** The token is in the path of each request, so a new token needs a new source. */
  renew(_playback: Playback): boolean {
    return false;
  }

  reload(playback: Playback): void {
    const token = tokenOf(playback.url);
    if (token !== undefined) this.media.src = token;
  }

  /** The script has no list of captions. */
  showCaptionsOf(_other: Screen): void {}

  dispose(): void {
    this.element.remove();
  }
}

/** Parameters of the player's page; for `muted` and `autoplay` only their presence counts. */
function frameUrl(playback: Playback, { startAt, muted, preload, posterUrl }: ScreenSettings): URL | undefined {
  const url = safeFrameUrl(playback.url, new URL(document.baseURI));
  if (url === undefined) return undefined;
  url.searchParams.set('preload', preload);
  if (startAt > 0) url.searchParams.set('startTime', `${Math.floor(startAt * 100) / 100}s`);
  if (muted) url.searchParams.set('muted', 'true');
  if (posterUrl !== undefined) url.searchParams.set('poster', posterUrl);
  return url;
}

/** The token, or a public video's id, is the first part of the path. */
function tokenOf(url: string): string | undefined {
  const [, token = ''] = new URL(url).pathname.split('/');
  return token === '' ? undefined : decodeURIComponent(token);
}
