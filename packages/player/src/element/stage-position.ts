import type { Screen } from './screen.ts';

/** A player in a frame may report only the latter. */
const LOADED: ReadonlySet<string> = new Set(['loadedmetadata', 'durationchange']);

/** The position that the page sees: it never goes back by itself, whatever happens to sources. */
export class StagePosition {
  /** Reported in place of the position while a new source is not there yet. */
  #held: number | undefined;
  /** That which was last read while the source was intact. */
  #last = 0;

  /**
   * The position of the screen's media, but never before the one from which a new source continues; of a failed source, that
   * before it failed, since WebKit reports 0 then.
   */
  of(screen: Screen | undefined): number {
    if (screen === undefined) return 0;
    const { currentTime } = screen.media;
    this.#last = screen.isBroken ? Math.max(currentTime, this.#last) : currentTime;
    return Math.max(this.#last, this.#heldFor(screen) ?? 0);
  }

  /** Holds a position until the media has reached it, or the viewer seeks. */
  hold(position: number): void {
    this.#held = position;
  }

  /** The page seeks to a position. */
  seek(position: number): void {
    this.#held = undefined;
    this.#last = position;
  }

  /**
   * Takes note of an event of the screen's media while its source is not being reloaded. One that is loaded before the held
   * position seeks there.
   */
  follow(type: string, screen: Screen): void {
    this.of(screen);
    const held = this.#heldFor(screen);
    if (held === undefined) return;
    const { media } = screen;
    if (type === 'seeking' || media.currentTime >= held) this.#held = undefined;
    else if (LOADED.has(type) && media.duration > 0) media.currentTime = held;
  }

  /** The page may ask for a position after the end, which a media element does not pass. */
  #heldFor({ media: { duration } }: Screen): number | undefined {
    return this.#held !== undefined && this.#held > duration ? duration : this.#held;
  }
}
