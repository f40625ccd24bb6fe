import type { Playback, TextTrack } from '@videostorage/core';
import type { MediaSurface } from './media-surface.ts';

/** One player with one source: Video.js around a `<video>`, or Cloudflare's in a frame. */
export interface Screen {
  /** The element in the page. */
  readonly element: HTMLElement;
  /** The media. */
  readonly media: MediaSurface;
  /** The part of it that takes the keyboard. */
  readonly focusTarget: HTMLElement;
  /** Whether its source has failed and nothing was loaded since. */
  readonly isBroken: boolean;
  /** Uses a renewed grant without a new source; false when the source itself contains the grant. */
  renew(playback: Playback): boolean;
  /** Loads the source of this grant in the same player, from its beginning. */
  reload(playback: Playback): void;
  /** Shows the same captions as another screen. */
  showCaptionsOf(other: Screen): void;
  /** Stops it, aborts its requests and removes it from the page. */
  dispose(): void;
}

/** The initial state of a screen. */
export interface ScreenSettings {
  /** A still picture; safe to load. */
  readonly posterUrl: string | undefined;
  /** Captions; safe to load. */
  readonly tracks: readonly TextTrack[];
  /** Name for screen readers. */
  readonly label: string;
  /** Initial position in seconds. */
  readonly startAt: number;
  readonly volume: number;
  readonly muted: boolean;
  readonly playbackRate: number;
  /** How much is loaded before it is played. */
  readonly preload: 'metadata' | 'auto';
  /** A request for a part of the source was refused, or not answered: the grant may have expired. Called for each of them. */
  readonly onRefused: () => void;
  /** The source cannot be played, for whatever reason. */
  readonly onFailed: () => void;
}

/** Adds a screen to the page. @throws {Error} when a player or its script cannot be loaded */
export type OpenScreen = (parent: HTMLElement, playback: Playback, settings: ScreenSettings) => Promise<Screen>;
