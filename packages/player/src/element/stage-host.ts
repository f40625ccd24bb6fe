import type { Playback } from '@videostorage/core';
import type { OpenScreen, ScreenSettings } from './screen.ts';

/** What a stage needs from its owner. */
export interface StageHost {
  /** Adds a player to the stage, chosen by the kind of the grant. */
  readonly open: OpenScreen;
  /** What a screen shows in addition to the source of a grant. */
  settingsOf(playback: Playback): Pick<ScreenSettings, 'posterUrl' | 'tracks' | 'label' | 'preload'>;
  /** Requests a new grant from the host app; rejects when it refuses. */
  renewNow(): Promise<Playback>;
  /** An event of the media, for the page, and whether the viewer wants the video to play. */
  onMediaEvent(event: Event, wantsToPlay: boolean): void;
  /** True while the source cannot be reached and a new grant is waited for. */
  onWaiting(isWaiting: boolean): void;
  /** Called when all attempts have failed: the source cannot be played. */
  onUnplayable(error: DOMException): void;
}

/** The initial values of a screen, also those that the page has set before there is one. */
export interface StageState {
  startAt: number;
  volume: number;
  muted: boolean;
  playbackRate: number;
}
