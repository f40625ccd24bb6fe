import mediaInfoFactory, { type MediaInfo } from 'mediainfo.js';
import { type ByteSource, ReadLimitError } from './byte-source.ts';
import { placesOf } from './tail-windows.ts';
import { limitWasmHeap, WasmHeapError } from './wasm-heap.ts';

/** One stream, or the file as a whole (`General`), in MediaInfo's own names and spellings. */
export interface ParsedTrack {
  readonly '@type': string;
  readonly [field: string]: unknown;
}

/** What the parser found in the file. */
export interface ParsedFile {
  readonly tracks: readonly ParsedTrack[];
  /** Whether it got all bytes that it wanted; if not, times that it counted are lower bounds. */
  readonly isFinished: boolean;
  /** Whether it was refused bytes that it wanted, so that the file may contain things that it did not find. */
  readonly isCutShort: boolean;
}

/** Which part of a file the parser gets. */
export interface FeedPlan {
  /** Whether the file begins with a box that players skip; the parser skips only `free`. */
  readonly skipsFirstBox: boolean;
  /** Bytes that are fed from where the parser wants them, before it must conclude. */
  readonly headBytes: number;
  /** Bytes from the end of the file that are fed after them, for formats that have their duration only there. */
  readonly tailBytes: number;
  /** The box that is fed completely beside them. */
  readonly whole?: { readonly start: number; readonly end: number } | undefined;
}

/** In place of the size: MediaInfoLib then only changes its position, and keeps what it has collected. */
const POSITION_ONLY = -1;
/** A brand of Casio's cameras, `caqv`: with a list of brands that contains it, the library loops for ever. */
const LOOPING_BRAND = 0x63617176;
/** The list of brands is searched in so many bytes from the start of the file. */
const BRANDS_BYTES = 256;
/** Seeks of one file; a real one needs a handful, or some for each fragment. */
const MAX_SEEKS = 1000;

/** How feeding ended: the library needed no more, the plan was carried out, or a limit was reached before. */
type FeedEnd = 'finished' | 'stopped' | 'cut-short';

/** MediaInfoLib in WebAssembly, for one file after another. */
export class Parser {
  readonly #library: MediaInfo<'JSON'>;

  private constructor(library: MediaInfo<'JSON'>) {
    this.#library = library;
  }

  /** Compiles the library, which takes some 100 ms. */
  static async load(): Promise<Parser> {
    limitWasmHeap();
    return new Parser(await mediaInfoFactory({ format: 'JSON' }));
  }

  /** Feeds the file by plan, then lets it conclude. @throws {WasmHeapError} and what the source throws */
  async parse(source: ByteSource, plan: FeedPlan): Promise<ParsedFile> {
    this.#library.reset();
    const end = await this.#feed(source, plan);
    this.#library.openBufferFinalize();
    const result: unknown = JSON.parse(this.#library.inform());
    return { tracks: tracksOf(result), isFinished: end === 'finished', isCutShort: end === 'cut-short' };
  }

  async #feed(source: ByteSource, { skipsFirstBox, headBytes, tailBytes, whole }: FeedPlan): Promise<FeedEnd> {
    const tailStart = source.sizeBytes - tailBytes;
    let offset = 0;
    let left = headBytes;
    let seeks = 0;
    let isInTail = false;
    this.#library.openBufferInit(source.sizeBytes, 0);
    while (offset < source.sizeBytes) {
      const read = await this.#next(source, offset);
      if (read === undefined) return 'cut-short';
      const chunk = offset === 0 ? asParsed(read, skipsFirstBox) : read;
      const isFinished = this.#library.openBufferContinue(chunk, chunk.length);
      WasmHeapError.throwIfRefused();
      if (isFinished) return 'finished';
      if (whole === undefined || offset < whole.start || offset >= whole.end) left -= chunk.length;
      const wanted = this.#library.openBufferContinueGotoGet();
      offset = wanted === -1 ? offset + chunk.length : wanted;
      if (wanted !== -1) {
        seeks += 1;
        if (seeks > MAX_SEEKS) return 'cut-short';
        this.#library.openBufferInit(POSITION_ONLY, offset);
      }
      if (left > 0 || isInTail) continue;
      if (tailBytes === 0) return 'stopped';
      isInTail = true;
      if (offset >= tailStart) continue;
      offset = tailStart;
      this.#library.openBufferInit(POSITION_ONLY, offset);
    }
    return 'finished';
  }

  /** Undefined when no more may be read: the parser concludes from what it has. */
  async #next(source: ByteSource, offset: number): Promise<Uint8Array | undefined> {
    try {
      return await source.readOn(offset);
    } catch (error) {
      if (error instanceof ReadLimitError) return undefined;
      throw error;
    }
  }
}

/**
 * A copy of the first bytes, in which a box that players skip is of the type `free`, and a brand with which the library would
 * loop is replaced.
 */
function asParsed(bytes: Uint8Array, skipsFirstBox: boolean): Uint8Array {
  const copy = bytes.slice();
  if (skipsFirstBox) copy.set([0x66, 0x72, 0x65, 0x65], 4);
  for (const place of placesOf(copy.subarray(0, BRANDS_BYTES), LOOPING_BRAND)) copy.fill(0, place, place + 4);
  return copy;
}

function tracksOf(result: unknown): readonly ParsedTrack[] {
  const media = isObject(result) ? result['media'] : undefined;
  const tracks = isObject(media) ? media['track'] : undefined;
  return Array.isArray(tracks) ? tracks.filter(isTrack) : [];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isTrack = (value: unknown): value is ParsedTrack => isObject(value) && typeof value['@type'] === 'string';
