import type { ByteSource } from './byte-source.ts';
import { type Box, BoxWalker } from './iso-boxes.ts';

/** Tracks that a player shows for as long as they last. */
const SHOWN: ReadonlySet<string> = new Set(['vide', 'soun']);
/** Tables are read in pieces of this size. */
const PIECE_BYTES = 64 * 1024;
/** How much longer another track may be without making the play time unknown. */
const TOLERANCE_SECONDS = 1;
/** A longer time than this is a negative number, which some cameras write: it takes no time. */
const MAX_SAMPLE_TICKS = 0x7fffffff;

/**
 * Play time of an MP4 or QuickTime film without fragments, from the boxes that players use: the times of its samples (`stts`),
 * or the edit list when a track has one. The durations in `mvhd`, `tkhd` and `mdhd` may be forged and are not used. The longest
 * track of picture or sound counts; undefined when one of them cannot be read. `found`: how many of them a parser has found.
 * When fewer are named so, players may also play another track, since they use its content and not its name; that one must not
 * be longer.
 */
export async function samplesDuration(source: ByteSource, movie: Box, found: number): Promise<number | undefined> {
  return (await sampledSeconds(source, movie, found)) || undefined;
}

/** The same, but 0 when the movie has no samples. */
export async function sampledSeconds(source: ByteSource, movie: Box, found: number): Promise<number | undefined> {
  // Tracks may be missing from an incomplete index.
  if (movie.end > source.sizeBytes) return undefined;
  const tables = new SampleTables(source);
  const movieScale = await tables.timescale(await tables.find(movie, 'mvhd'));
  const others: Box[] = [];
  let longest = 0;
  let shown = 0;
  for await (const track of tables.children(movie)) {
    if (track.type !== 'trak') continue;
    const handler = await tables.find(track, 'mdia', 'hdlr');
    if (handler === undefined || !SHOWN.has(await tables.text(handler, 8))) {
      others.push(track);
      continue;
    }
    const seconds = await trackSeconds(tables, track, movieScale);
    if (seconds === undefined) return undefined;
    shown += 1;
    longest = Math.max(longest, seconds);
  }
  for (const track of shown < found ? others : []) {
    const seconds = await trackSeconds(tables, track, movieScale);
    if (seconds === undefined || seconds > longest + TOLERANCE_SECONDS) return undefined;
  }
  return tables.hasMissed ? undefined : longest;
}

async function trackSeconds(tables: SampleTables, track: Box, movieScale: number): Promise<number | undefined> {
  const edits = await tables.find(track, 'edts', 'elst');
  if (edits !== undefined && movieScale > 0) {
    const ticks = await tables.editTicks(edits);
    if (ticks === undefined) return undefined;
    // Edits of no length mean the whole of the media.
    if (ticks > 0) return ticks / movieScale;
  }
  const mediaScale = await tables.timescale(await tables.find(track, 'mdia', 'mdhd'));
  const times = await tables.find(track, 'mdia', 'minf', 'stbl', 'stts');
  if (times === undefined || mediaScale === 0) return undefined;
  const { ticks, samples, lastTicks } = await tables.sampleTicks(times);
  // Samples that are missing from the table of times take as long as the last one.
  const missing = Math.max(0, (await sampleCount(tables, track)) - samples);
  return (ticks + missing * lastTicks) / mediaScale;
}

/** How many samples a track has by its table of sizes, of which there are two kinds. */
async function sampleCount(tables: SampleTables, track: Box): Promise<number> {
  let count = 0;
  for (const type of ['stsz', 'stz2']) {
    const sizes = await tables.find(track, 'mdia', 'minf', 'stbl', type);
    if (sizes !== undefined) count = Math.max(count, await tables.word(sizes, 8));
  }
  return count;
}

/** Reads the tables of a track. */
class SampleTables {
  readonly #source: ByteSource;
  readonly #walker: BoxWalker;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#walker = new BoxWalker(source);
  }

  /** Whether there may be boxes that were not read. */
  get hasMissed(): boolean {
    return this.#walker.hasMissed;
  }

  /** The boxes inside a box. */
  children(parent: Box): AsyncIterable<Box> {
    return this.#walker.walk(parent.content, parent.end);
  }

  /** The first box of that path inside a box. */
  find(parent: Box, ...path: readonly string[]): Promise<Box | undefined> {
    return this.#walker.find(parent, ...path);
  }

  /** Four characters at an offset of the content. */
  async text({ content }: Box, offset: number): Promise<string> {
    return String.fromCharCode(...(await this.#source.read(content + offset, content + offset + 4)));
  }

  /** A number of 32 bits at an offset of the content; 0 after the end of the file. */
  async word({ content }: Box, offset: number): Promise<number> {
    const bytes = await this.#source.read(content + offset, content + offset + 4);
    return bytes.length === 4 ? viewOf(bytes).getUint32(0) : 0;
  }

  /** Ticks in a second by `mvhd` or `mdhd`, which have them at the same position; 0 when there is no such box. */
  async timescale(header: Box | undefined): Promise<number> {
    if (header === undefined) return 0;
    return this.word(header, (await this.#version(header)) === 1 ? 20 : 12);
  }

  /**
   * Length of all edits together, empty ones too, in ticks of the movie; undefined when the length of one is unknown (all bits
   * 1).
   */
  async editTicks(edits: Box): Promise<number | undefined> {
    const isLong = (await this.#version(edits)) === 1;
    let ticks = 0;
    const entryBytes = isLong ? 20 : 12;
    for await (const piece of this.#pieces(edits, entryBytes)) {
      for (let at = 0; at < piece.byteLength; at += entryBytes) {
        const isUnknown = piece.getInt32(at) === -1 && (!isLong || piece.getInt32(at + 4) === -1);
        if (isUnknown) return undefined;
        ticks += isLong ? Number(piece.getBigUint64(at)) : piece.getUint32(at);
      }
    }
    return ticks;
  }

  /** How long all samples take, how many they are, and how long the last one takes. */
  async sampleTicks(times: Box): Promise<{ ticks: number; samples: number; lastTicks: number }> {
    const sum = { ticks: 0, samples: 0, lastTicks: 0 };
    for await (const piece of this.#pieces(times, 8)) {
      for (let at = 0; at < piece.byteLength; at += 8) {
        const ticks = piece.getUint32(at + 4);
        sum.lastTicks = ticks > MAX_SAMPLE_TICKS ? 0 : ticks;
        sum.samples += piece.getUint32(at);
        sum.ticks += piece.getUint32(at) * sum.lastTicks;
      }
    }
    return sum;
  }

  /** Whole entries of a table: as many as it states, and no more than it has space for. */
  async *#pieces(table: Box, entryBytes: number): AsyncGenerator<DataView, void> {
    const start = table.content + 8;
    const room = Math.floor((Math.min(table.end, this.#source.sizeBytes) - start) / entryBytes);
    const end = start + Math.min(await this.word(table, 4), Math.max(0, room)) * entryBytes;
    const pieceBytes = PIECE_BYTES - (PIECE_BYTES % entryBytes);
    for (let at = start; at < end; at += pieceBytes) {
      yield viewOf(await this.#source.read(at, Math.min(at + pieceBytes, end)));
    }
  }

  async #version({ content }: Box): Promise<number> {
    return (await this.#source.read(content, content + 1))[0] ?? 0;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
