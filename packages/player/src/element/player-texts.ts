/** Every text of the element; each can be replaced, for another language or tone. */
export interface PlayerTexts {
  /** Name of the player for screen readers. */
  readonly player: string;
  /** The button that loads and plays the video, with `preload="none"`. */
  readonly play: string;
  /** The button beside a failure. */
  readonly retry: string;
  /** Shown while the grant is requested. */
  readonly loading: string;
  /** Shown while the host app or the source cannot be reached; playback then continues automatically. */
  readonly waiting: string;
  /** The host app refused to renew the grant. */
  readonly ended: string;
  /** There is no such video, or the viewer may not see it. */
  readonly notFound: string;
  /** The viewer is not signed in. */
  readonly signedOut: string;
  /** The viewer may not see the video. */
  readonly denied: string;
  /** The video is still being processed. */
  readonly processing: string;
  /** The host app cannot be reached, or fails. */
  readonly unavailable: string;
  /** The browser cannot play the source, or the source is refused repeatedly. */
  readonly unplayable: string;
  /** The browser plays the sound, but has no decoder for the picture. */
  readonly noPicture: string;
}

/** The default texts. */
export const ENGLISH_TEXTS: PlayerTexts = {
  player: 'Video',
  play: 'Play video',
  retry: 'Try again',
  loading: 'Loading…',
  waiting: 'The connection is interrupted; the video continues as soon as possible.',
  ended: 'You can no longer watch this video.',
  notFound: 'There is no such video, or you may not watch it.',
  signedOut: 'Please sign in to watch this video.',
  denied: 'You may not watch this video.',
  processing: 'The video is still being processed; please try again in a moment.',
  unavailable: 'The video cannot be loaded at the moment; please try again.',
  unplayable: 'This video cannot be played here; please try again, or use another browser.',
  noPicture: 'This browser cannot show the picture of this video; please use another browser.',
};
