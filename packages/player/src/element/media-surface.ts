/** What a `<video>` element and Cloudflare's player have in common. */
export interface MediaSurface {
  currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly ended: boolean;
  volume: number;
  muted: boolean;
  playbackRate: number;
  play(): Promise<void>;
  pause(): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

/** Events of HTMLMediaElement that a player dispatches, in the order of the HTML standard. */
export const MEDIA_EVENTS: readonly string[] = [
  ...['loadstart', 'progress', 'suspend', 'abort', 'emptied', 'stalled', 'loadedmetadata', 'loadeddata', 'canplay'],
  ...['canplaythrough', 'playing', 'waiting', 'seeking', 'seeked', 'ended', 'durationchange', 'timeupdate', 'play'],
  ...['pause', 'ratechange', 'resize', 'volumechange'],
];
