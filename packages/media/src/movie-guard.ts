import type { BlockReader } from './block-reader.ts';
import { boxName, boxWord, readBox } from './box.ts';
import { chunkExtremes, holdsWhatItAnnounces, MAX_SAMPLES, sumOfRuns } from './counted-box.ts';
import { NotVideoError } from './not-video-error.ts';
import { TooComplexError } from './too-complex-error.ts';

/** Boxes inside boxes; real files nest nine deep. */
const MAX_DEPTH = 32;
/** Boxes of one `moov`; real files have some hundreds. */
const MAX_BOXES = 65_536;
/** Tracks of one `moov`. */
const MAX_TRACKS = 256;
/** Boxes on the top level that are passed in search of `moov`. */
const MAX_TOP_LEVEL_BOXES = 4096;
const LONGEST_HEADER_BYTES = 16;

/** Boxes that hold boxes. */
const CONTAINERS: readonly string[] = [
  ...['mdia', 'minf', 'stbl', 'dinf', 'edts', 'sinf', 'schi', 'wave', 'mvex', 'udta', 'mfra', 'moof', 'traf'],
];
/** Names, as big-endian words, that must not hide inside a sample description, where the parser would find them all the same. */
const HIDDEN: readonly number[] = ['trak', 'stbl', 'moof', 'traf', 'mfra'].map(boxWord);

/** Whether the first bytes are those of a file made of boxes. */
export function isBoxFile(head: Uint8Array): boolean {
  return ['ftyp', 'styp', 'moof', 'sidx', 'emsg', 'prft', 'free'].includes(boxName(head, 4));
}

/**
 * Looks through the tables of the first `moov` box, wherever it stands, and through the index of fragments at the end of the
 * file, before a parser unfolds them.
 * @throws {TooComplexError} @throws {NotVideoError} there is no whole `moov`
 */
export async function guardMovie(reader: BlockReader): Promise<void> {
  let position = 0;
  for (let count = 0; count < MAX_TOP_LEVEL_BOXES; count += 1) {
    const header = await readHeader(reader, position);
    // Without it, or with a part of it, nothing says what the bytes mean.
    if (header === undefined || (header.name === 'moov' && header.end > reader.sizeBytes)) {
      throw new NotVideoError('malformed');
    }
    if (header.name === 'moov') {
      const isFragmented = new MovieWalk(await reader.read(header.contentStart, header.end)).run();
      if (isFragmented) await guardFragmentIndex(reader);
      return;
    }
    position = header.end;
  }
  throw new TooComplexError();
}

/** The last four bytes of a fragmented file may say how long its last box, the index `mfra`, is. */
async function guardFragmentIndex(reader: BlockReader): Promise<void> {
  const size = reader.sizeBytes;
  const lastWord = await reader.read(size - 4, size);
  const header = await readHeader(reader, size - new DataView(lastWord.buffer, lastWord.byteOffset).getUint32(0));
  if (header?.name !== 'mfra' || header.end > size) return;
  new MovieWalk(await reader.read(header.contentStart, header.end)).run();
}

async function readHeader(reader: BlockReader, position: number): Promise<ReturnType<typeof readBox>> {
  if (position < 0 || position + 8 > reader.sizeBytes) return undefined;
  const bytes = await reader.read(position, Math.min(position + LONGEST_HEADER_BYTES, reader.sizeBytes));
  const box = readBox(bytes, 0);
  return box && { name: box.name, contentStart: position + box.contentStart, end: position + box.end };
}

/** What the tables of one track add up to. */
interface TrackTotals {
  sampleCount: number;
  hasOffsets: boolean;
  hasOneSize: boolean;
  fullestChunk: number;
}

/** One walk through the boxes of a `moov` or `mfra`. */
class MovieWalk {
  readonly #bytes: Uint8Array;
  // Tracks share these: what is harmless in one is not in two hundred.
  #boxes = 0;
  #tracks = 0;
  #sortedSamples = 0;
  #offsetSamples = 0;
  #chunkJumps = 0;
  #isFragmented = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether fragments are announced. @throws {TooComplexError} */
  run(): boolean {
    this.#walk(0, this.#bytes.length, newTotals(), 0);
    return this.#isFragmented;
  }

  #walk(from: number, to: number, totals: TrackTotals, depth: number): void {
    if (depth > MAX_DEPTH) throw new TooComplexError();
    for (let position = from; position + 8 <= to; ) {
      const box = readBox(this.#bytes, position);
      if (box === undefined) return;
      this.#boxes += 1;
      if (this.#boxes > MAX_BOXES) throw new TooComplexError();
      const end = Math.min(box.end, to);
      if (box.name === 'mvex') this.#isFragmented = true;
      if (box.name === 'trak') this.#track(box.contentStart, end, depth);
      else if (box.name === 'meta') this.#walk(this.#metaStart(box.contentStart), end, totals, depth + 1);
      else if (CONTAINERS.includes(box.name)) this.#walk(box.contentStart, end, totals, depth + 1);
      else if (box.contentStart <= end) this.#leaf(box.name, box.contentStart, end, totals);
      position = box.end;
    }
  }

  #track(start: number, end: number, depth: number): void {
    this.#tracks += 1;
    if (this.#tracks > MAX_TRACKS) throw new TooComplexError();
    const totals = newTotals();
    this.#walk(start, end, totals, depth + 1);
    // Without composition offsets the runs stay runs, so hours of PCM sound with a sample for each tick are harmless.
    if (totals.hasOffsets) this.#sortedSamples += totals.sampleCount;
    if (this.#sortedSamples > MAX_SAMPLES) throw new TooComplexError();
    if (!totals.hasOneSize && totals.fullestChunk > MAX_SAMPLES) throw new TooComplexError();
  }

  #leaf(name: string, start: number, end: number, totals: TrackTotals): void {
    const content = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start);
    if (!holdsWhatItAnnounces(name, content)) throw new TooComplexError();
    switch (name) {
      case 'stts':
        totals.sampleCount += sumOfRuns(content);
        break;
      case 'ctts':
        totals.hasOffsets = true;
        this.#offsetSamples += sumOfRuns(content);
        if (this.#offsetSamples > MAX_SAMPLES) throw new TooComplexError();
        break;
      case 'stsz':
        totals.hasOneSize ||= content.getUint32(4) !== 0;
        break;
      case 'stsc': {
        const { sumOfJumps, fullestChunk } = chunkExtremes(content);
        this.#chunkJumps += sumOfJumps;
        if (this.#chunkJumps > MAX_SAMPLES) throw new TooComplexError();
        totals.fullestChunk = Math.max(totals.fullestChunk, fullestChunk);
        break;
      }
      case 'stsd':
        this.#refuseHidden(start, end);
        break;
    }
  }

  #refuseHidden(start: number, end: number): void {
    let word = 0;
    for (let position = start; position < end; position += 1) {
      word = ((word << 8) | (this.#bytes[position] ?? 0)) >>> 0;
      if (HIDDEN.includes(word)) throw new TooComplexError();
    }
  }

  /** QuickTime's `meta` begins with its first box, that of ISO with four bytes of zero. */
  #metaStart(contentStart: number): number {
    const hasVersion = this.#bytes.subarray(contentStart, contentStart + 4).every((byte) => byte === 0);
    return hasVersion ? contentStart + 4 : contentStart;
  }
}

function newTotals(): TrackTotals {
  return { sampleCount: 0, hasOffsets: false, hasOneSize: false, fullestChunk: 0 };
}
