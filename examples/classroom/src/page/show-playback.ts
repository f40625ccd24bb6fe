import type { Playback, PlaybackSource } from '@videostorage/core';
import Hls from 'hls.js';
import { host } from './host.ts';
import { byId, show } from './page-elements.ts';
import { sentence } from './sentences.ts';

const UNPLAYABLE = 'This video cannot be played here; please try again, or another browser.';

/** What plays now; closing it stops renewing. */
let stop: () => void = () => {};

/** Plays a video on the page's screen, and renews its leave while it plays. `tell` hears what cannot be played. */
export async function showPlayback(videoId: string, tell: (sentence: string) => void): Promise<void> {
  stop();
  const playback = await host.getPlaybackUrl(videoId);
  const source = playback.sources[0];
  if (source === undefined) throw new Error('There is nothing to play.');
  const controller = new AbortController();
  stop = () => controller.abort();
  byId('screen').replaceChildren(
    source.kind === 'iframe' ? frameOf(source) : videoOf(playback, source, controller.signal, tell),
  );
  show('player', true);
}

/** Ends it and clears the screen. */
export function closePlayback(): void {
  stop();
  byId('screen').replaceChildren();
  show('player', false);
}

function frameOf(source: PlaybackSource): HTMLIFrameElement {
  const url = new URL(source.url);
  // https://developers.cloudflare.com/stream/viewing-videos/using-the-stream-player/ : its presence counts.
  url.searchParams.set('autoplay', 'true');
  const frame = document.createElement('iframe');
  frame.src = url.href;
  frame.allow = 'autoplay; fullscreen; picture-in-picture';
  frame.referrerPolicy = 'strict-origin';
  frame.title = 'Video';
  return frame;
}

function videoOf(
  playback: Playback,
  source: PlaybackSource,
  signal: AbortSignal,
  tell: (sentence: string) => void,
): HTMLVideoElement {
  const video = document.createElement('video');
  video.controls = true;
  video.autoplay = true;
  video.playsInline = true;
  if (playback.posterUrl !== undefined) video.poster = playback.posterUrl;
  // A browser without the codec plays the sound alone, and reports no error.
  video.addEventListener('playing', () => {
    if (video.videoWidth === 0) tell('This browser cannot show the picture of this video; please try another browser.');
  });
  if (source.kind === 'hls' && Hls.isSupported()) {
    const hls = new Hls({ xhrSetup: (request, url) => openWithLeave(request, url, playback) });
    hls.loadSource(source.url);
    hls.attachMedia(video);
    hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
      if (fatal) tell(UNPLAYABLE);
    });
    signal.addEventListener('abort', () => hls.destroy());
  } else {
    video.src = source.url;
    renewWhenRefused(video, playback.videoId, signal, tell);
  }
  return video;
}

/** Query leaves go onto every request below their scope; cookies go along by themselves. */
function openWithLeave(request: XMLHttpRequest, url: string, playback: Playback): void {
  if (playback.access === 'cookies') request.withCredentials = true;
  if (playback.access === 'query' && url.startsWith(playback.scopeUrl)) {
    request.open('GET', `${url}${url.includes('?') ? '&' : '?'}${playback.signedQuery}`, true);
  }
}

/** A leave that ran out while the video stood still: a new one, at the same place. A second refusal is told. */
function renewWhenRefused(
  video: HTMLVideoElement,
  videoId: string,
  signal: AbortSignal,
  tell: (sentence: string) => void,
): void {
  let isRenewed = false;
  const renew = async () => {
    if (isRenewed) return tell(UNPLAYABLE);
    isRenewed = true;
    const at = video.currentTime;
    const { url } = await host.getPlaybackUrl(videoId);
    if (signal.aborted) return;
    video.src = url;
    video.currentTime = at;
    await video.play();
    isRenewed = false;
  };
  video.addEventListener('error', () => void renew().catch((error: unknown) => tell(sentence(error))), { signal });
}
