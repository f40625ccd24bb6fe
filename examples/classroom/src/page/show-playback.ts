import type { Playback, PlaybackSource } from '@videostorage/core';
import Hls from 'hls.js';
import { host } from './host.ts';

/** What plays now; closing it stops renewing. */
let stop: () => void = () => {};

/** Plays a video in the stage, and renews its leave while it plays. */
export async function showPlayback(stage: HTMLElement, videoId: string): Promise<void> {
  stop();
  const playback = await host.getPlaybackUrl(videoId);
  const source = playback.sources[0];
  if (source === undefined) throw new Error('There is nothing to play.');
  const controller = new AbortController();
  stop = () => controller.abort();
  if (source.kind === 'iframe') showFrame(stage, source);
  else showVideo(stage, playback, source, controller.signal);
  stage.hidden = false;
}

/** Ends it and clears the stage. */
export function closePlayback(stage: HTMLElement): void {
  stop();
  stage.replaceChildren();
  stage.hidden = true;
}

function showFrame(stage: HTMLElement, source: PlaybackSource): void {
  const frame = document.createElement('iframe');
  frame.src = source.url;
  frame.allow = 'autoplay; fullscreen; picture-in-picture';
  frame.referrerPolicy = 'strict-origin';
  frame.title = 'Video';
  stage.replaceChildren(frame);
}

function showVideo(stage: HTMLElement, playback: Playback, source: PlaybackSource, signal: AbortSignal): void {
  const video = document.createElement('video');
  video.controls = true;
  video.autoplay = true;
  video.playsInline = true;
  if (playback.posterUrl !== undefined) video.poster = playback.posterUrl;
  if (source.kind === 'hls' && Hls.isSupported()) {
    const hls = new Hls({ xhrSetup: (request, url) => openWithLeave(request, url, playback) });
    hls.loadSource(source.url);
    hls.attachMedia(video);
    signal.addEventListener('abort', () => hls.destroy());
  } else {
    video.src = source.url;
    renewWhenRefused(video, playback.videoId, signal);
  }
  stage.replaceChildren(video);
}

/** Query leaves go onto every request below their scope; cookies go along by themselves. */
function openWithLeave(request: XMLHttpRequest, url: string, playback: Playback): void {
  if (playback.access === 'cookies') request.withCredentials = true;
  if (playback.access === 'query' && url.startsWith(playback.scopeUrl)) {
    request.open('GET', `${url}${url.includes('?') ? '&' : '?'}${playback.signedQuery}`, true);
  }
}

/** A leave that ran out while the video stood still: a new one, at the same place. */
function renewWhenRefused(video: HTMLVideoElement, videoId: string, signal: AbortSignal): void {
  let renewed = false;
  video.addEventListener(
    'error',
    () => {
      if (renewed) return;
      renewed = true;
      const at = video.currentTime;
      void host.getPlaybackUrl(videoId).then((playback) => {
        video.src = playback.url;
        video.currentTime = at;
        return video.play();
      });
    },
    { signal },
  );
}
