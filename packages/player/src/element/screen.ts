import type { Playback, TextTrack } from '@videostorage/core';
import type { MediaSurface } from './media-surface.ts';

/** One player with one source: Video.js around a `<video>`, or Cloudflare's in a frame. */
export interface Screen {
  /** What stands in the page. */
  readonly element: HTMLElement;
  /** What plays. */
  readonly media: MediaSurface;
  /** The part of it that takes the keyboard. */
  readonly focusTarget: HTMLElement;
  /** Whether its source has failed and nothing was loaded since. */
  readonly isBroken: boolean;
  /** Takes a renewed grant over without a new source; false where the source itself carries the grant. */
  renew(playback: Playback): boolean;
  /** Loads the source of this grant in the same place, from its beginning. */
  reload(playback: Playback): void;
  /** Shows the same captions as another screen. */
  showCaptionsOf(other: Screen): void;
  /** Stops it, ends its requests and takes it out of the page. */
  dispose(): void;
}

/** How a screen begins. */
export interface ScreenSettings {
  /** A still picture; safe to load. */
  readonly posterUrl: string | undefined;
  /** Captions; safe to load. */
  readonly tracks: readonly TextTrack[];
  /** Name for screen readers. */
  readonly label: string;
  /** Where it begins, in seconds. */
  readonly startAt: number;
  readonly volume: number;
  readonly muted: boolean;
  readonly playbackRate: number;
  /** How much is loaded before it is played. */
  readonly preload: 'metadata' | 'auto';
  /** A request for a part of the source was refused, or not answered: the grant may have ended. Called for each of them. */
  readonly onRefused: () => void;
  /** The source cannot be played, for whatever reason. */
  readonly onFailed: () => void;
}

/** Puts a screen into the page. @throws {Error} when a player or its script cannot be loaded */
export type OpenScreen = (parent: HTMLElement, playback: Playback, settings: ScreenSettings) => Promise<Screen>;
