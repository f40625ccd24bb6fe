/** A text track of the player. */
export interface PlayerTextTrack {
  /** BCP 47. */
  readonly language: string;
  /** For people. */
  readonly label: string;
}

const SCRIPT = `
const video = document.querySelector('video');
const events = ['abort', 'canplay', 'canplaythrough', 'durationchange', 'emptied', 'ended', 'error', 'loadeddata', 'loadedmetadata',
  'loadstart', 'pause', 'play', 'playing', 'progress', 'ratechange', 'resize', 'seeked', 'seeking', 'stalled', 'suspend', 'timeupdate',
  'volumechange', 'waiting'];
const options = {};
let hasOwnPoster = false;
const seconds = (text) => {
  const parts = /^(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+(?:\\.\\d+)?)s?)?$/.exec(text) ?? [];
  return Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0);
};
const ranges = (list) => Array.from({ length: list.length }, (_, index) => [list.start(index), list.end(index)]);
const state = () => ({
  ...options, buffered: ranges(video.buffered), played: ranges(video.played), autoplay: video.autoplay, controls: video.controls,
  currentTime: video.currentTime, duration: video.duration, ended: video.ended, loop: video.loop, muted: video.muted,
  paused: video.paused, playbackRate: video.playbackRate, poster: video.poster, preload: video.preload, volume: video.volume,
  videoWidth: video.videoWidth, videoHeight: video.videoHeight,
});
const post = (message) => {
  if (parent !== window) parent.postMessage({ stream: 'player', state: state(), ...message }, '*');
};
const load = (id) => {
  options.src = id;
  const base = '/' + encodeURIComponent(id) + '/';
  // The picture of a private video needs the new token too.
  if (!hasOwnPoster) video.poster = base + 'thumbnails/thumbnail.jpg';
  video.src = base + 'manifest/' + (video.canPlayType('application/vnd.apple.mpegurl') === '' ? 'whole.mp4' : 'video.m3u8');
};
const setters = {
  src: (value) => load(String(value)),
  letterboxColor: (value) => { options.letterboxColor = value; document.body.style.background = value; },
  primaryColor: (value) => { options.primaryColor = value; video.style.accentColor = value; },
  adUrl: (value) => { options.adUrl = value; },
  poster: (value) => { hasOwnPoster = true; video.poster = value; },
  defaultTextTrack: (value) => {
    options.defaultTextTrack = value;
    for (const track of video.textTracks) track.mode = track.language === value ? 'showing' : 'disabled';
  },
};
const set = (name, value) => {
  if (Object.hasOwn(setters, name)) setters[name](value);
  else if (['autoplay', 'controls', 'currentTime', 'loop', 'muted', 'playbackRate', 'preload', 'volume'].includes(name))
    video[name] = value;
};
for (const type of events) video.addEventListener(type, () => post({ kind: 'event', type }));
// An advertisement is requested and reported, but not shown: one in a VAST document starts and ends at once.
video.addEventListener('play', async () => {
  if (!options.adUrl) return;
  const answer = await fetch(options.adUrl).then((response) => response.text()).catch(() => '');
  const isAd = /<VAST[^>]*>[^]*<Ad[ >]/.test(answer);
  for (const type of isAd ? ['stream-adstart', 'stream-adend'] : ['stream-adtimeout']) post({ kind: 'event', type });
}, { once: true });
addEventListener('message', async ({ source, data }) => {
  if (source !== parent || data === null || typeof data !== 'object' || data.stream !== 'embed') return;
  if (data.kind === 'connect') post({ kind: 'ready' });
  else if (data.kind === 'set') set(data.name, data.value);
  else if (data.kind === 'call' && data.method === 'pause') video.pause();
  else if (data.kind === 'call' && data.method === 'play') {
    try {
      await video.play();
      post({ kind: 'answer', call: data.call });
    } catch (error) {
      post({ kind: 'answer', call: data.call, error: { name: error.name, message: error.message } });
    }
  }
});
const query = new URLSearchParams(location.search);
const isOn = (name) => query.has(name) && query.get(name) !== 'false';
video.controls = query.get('controls') !== 'false';
video.muted = isOn('muted');
video.loop = isOn('loop');
// Its presence counts, whatever it says.
video.autoplay = query.has('autoplay');
video.preload = query.get('preload') ?? 'metadata';
for (const [name, setting] of [['poster', 'poster'], ['letterboxColor', 'letterboxColor'], ['primaryColor', 'primaryColor'], ['ad-url', 'adUrl'],
  ['defaultTextTrack', 'defaultTextTrack']]) {
  if (query.has(name)) set(setting, query.get(name));
}
if (query.has('startTime'))
  video.addEventListener('loadedmetadata', () => { video.currentTime = seconds(query.get('startTime')); }, { once: true });
load(decodeURIComponent(location.pathname.split('/')[1]));
post({ kind: 'ready' });
`;

/** The page of `/{uid or token}/iframe`: a player that the embed script controls, or that works without it. */
export function playerPage(tracks: readonly PlayerTextTrack[]): string {
  const elements = tracks.map(
    ({ language, label }) =>
      `<track kind="subtitles" srclang="${escaped(language)}" label="${escaped(label)}" src="captions/${encodeURIComponent(language)}.vtt">`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Stream</title>
<style>html, body { margin: 0; height: 100%; background: #000 } video { width: 100%; height: 100% }</style>
</head>
<body>
<video playsinline>${elements.join('')}</video>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
