import { boxWord, readBox } from './box.ts';
import { holdsWhatItAnnounces, MAX_SAMPLES, unfoldedSamples } from './counted-box.ts';
import { type CoveredRange, CoveredRanges } from './covered-ranges.ts';
import { TooComplexError } from './too-complex-error.ts';

/** Counted boxes of a fragment, as big-endian words. */
const COUNTED_NAMES: ReadonlyMap<number, string> = new Map(
  ['trun', 'saiz', 'saio'].map((name) => [boxWord(name), name] as const),
);
const FRAGMENT = boxWord('moof');
/** A counted box's header and the fields that say how much follows. */
const PROBE_BYTES = 28;
/** Counted boxes that stand in no fragment seen so far; real files have none. */
const MAX_SUSPECTS = 512;
/** Fragments of one file: ten hours with one for each frame. */
const MAX_FRAGMENTS = 1_048_576;

/** A counted box that would be too much, if it stands in a fragment. */
interface Suspect {
  readonly position: number;
  readonly samples: number;
}

/**
 * Fragments (`moof`) can stand anywhere and are found by the parser as it goes, so their counted boxes are looked for in every
 * piece that is read. The same letters inside pictures or sound mean nothing: only those within a fragment count.
 */
export class FragmentGuard {
  readonly #sizeBytes: number;
  readonly #heads = new Map<number, Uint8Array>();
  readonly #tails = new Map<number, Uint8Array>();
  readonly #fragments = new CoveredRanges();
  readonly #seen = new Set<number>();
  #suspects: Suspect[] = [];
  #freshFragments: CoveredRange[] = [];
  #samples = 0;

  /** For a file of this size. */
  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
  }

  /** Looks through one piece, and through its seams with the pieces before and after. @throws {TooComplexError} */
  inspect(start: number, piece: Uint8Array): void {
    const end = start + piece.length;
    const head = piece.slice(0, PROBE_BYTES);
    const tail = piece.slice(-PROBE_BYTES);
    this.#freshFragments = [];
    this.#search(start, piece);
    const before = this.#tails.get(start);
    if (before !== undefined) this.#search(start - before.length, join(before, head));
    const after = this.#heads.get(end);
    if (after !== undefined) this.#search(end - tail.length, join(tail, after));
    this.#heads.set(start, head);
    this.#tails.set(end, tail);
    this.#judge();
  }

  #search(start: number, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 4; index + 4 <= bytes.length; index += 1) {
      const first = bytes[index];
      if (first !== 0x6d && first !== 0x73 && first !== 0x74) continue;
      const word = view.getUint32(index);
      if (word === FRAGMENT) this.#noteFragment(start, bytes, index - 4);
      const name = COUNTED_NAMES.get(word);
      if (name !== undefined) this.#noteCounted(name, start, bytes, index - 4);
    }
  }

  #noteFragment(start: number, bytes: Uint8Array, index: number): void {
    const box = readBox(bytes, index);
    if (box !== undefined) this.#freshFragments.push({ start: start + index, end: start + box.end });
  }

  #noteCounted(name: string, start: number, bytes: Uint8Array, index: number): void {
    const box = readBox(bytes, index);
    // Too close to the end of the piece: the seam with the next one shows it whole.
    const isCut = index + PROBE_BYTES > bytes.length && start + bytes.length < this.#sizeBytes;
    if (box === undefined || isCut || this.#seen.has(start + index)) return;
    const fields = new Uint8Array(bytes.subarray(box.contentStart, index + PROBE_BYTES));
    const content = new DataView(fields.buffer);
    const fits = holdsWhatItAnnounces(name, content, box.end - box.contentStart);
    const unfolded = name === 'trun' && fits ? unfoldedSamples(content) : 0;
    const samples = fits ? unfolded : Number.POSITIVE_INFINITY;
    if (samples === 0) return;
    this.#seen.add(start + index);
    this.#suspects.push({ position: start + index, samples });
  }

  /** Counts what stands in a fragment; the rest waits for fragments to come. */
  #judge(): void {
    this.#fragments.add(this.#freshFragments);
    const waiting: Suspect[] = [];
    for (const suspect of this.#suspects) {
      if (this.#fragments.covers(suspect.position)) this.#samples += suspect.samples;
      else waiting.push(suspect);
    }
    this.#suspects = waiting;
    const isTooMuch = this.#samples > MAX_SAMPLES || this.#fragments.size > MAX_FRAGMENTS;
    if (isTooMuch || waiting.length > MAX_SUSPECTS) throw new TooComplexError();
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
