import { badRequest, notFound } from './stream-refusal.ts';

/** One more sound track of a video. */
export interface AudioTrack {
  /** 32 hexadecimal digits. */
  readonly uid: string;
  /** Unlike all other labels of the video. */
  readonly label: string;
  /** Played unless the viewer chooses. */
  readonly isDefault: boolean;
  /** When it will be ready, in milliseconds since the epoch. */
  readonly readyAtMs: number;
}

/** Sound tracks that were added to a video; at most one is its default. They are kept and shown, but not mixed in. */
export class AudioTracks {
  #tracks: readonly AudioTrack[] = [];

  /** In the order in which they were added. */
  list(): readonly AudioTrack[] {
    return this.#tracks;
  }

  /** @throws {StreamRefusal} when the label is missing or taken */
  add(uid: string, label: unknown, readyAtMs: number): AudioTrack {
    const track = { uid, label: this.#freeLabel(label), isDefault: false, readyAtMs };
    this.#tracks = [...this.#tracks, track];
    return track;
  }

  /** Renames it, or makes it the default instead of another. @throws {StreamRefusal} */
  edit(uid: string, changes: Readonly<Record<string, unknown>>): AudioTrack {
    const old = this.#get(uid);
    const { label, default: isDefault } = changes as { readonly label?: unknown; readonly default?: unknown };
    const track: AudioTrack = {
      ...old,
      ...(label !== undefined && label !== old.label && { label: this.#freeLabel(label) }),
      ...(typeof isDefault === 'boolean' && { isDefault }),
    };
    const isTaken = track.isDefault && !old.isDefault;
    this.#tracks = this.#tracks.map((each) => {
      if (each === old) return track;
      return isTaken ? { ...each, isDefault: false } : each;
    });
    return track;
  }

  /** @throws {StreamRefusal} for the default track */
  delete(uid: string): void {
    const track = this.#get(uid);
    if (track.isDefault) throw badRequest('the default audio track cannot be deleted.');
    this.#tracks = this.#tracks.filter((each) => each !== track);
  }

  #get(uid: string): AudioTrack {
    const track = this.#tracks.find((each) => each.uid === uid);
    if (track === undefined) throw notFound();
    return track;
  }

  #freeLabel(label: unknown): string {
    if (typeof label !== 'string' || label === '') throw badRequest('label must be a text.');
    if (this.#tracks.some((track) => track.label === label)) throw badRequest('label must be unlike all others.');
    return label;
  }
}
