import type { RangeReader } from './range-reader.ts';

/** Smallest piece that is asked for; neighbouring small reads become one round trip. */
const BLOCK_BYTES = 64 * 1024;
/** Largest piece that is asked for. */
const MAX_PIECE_BYTES = 8 * 1024 * 1024;
/** A file that is read from front to back is asked for in growing pieces, up to this size. */
const MAX_READ_AHEAD_BYTES = 4 * 1024 * 1024;
/** Most bytes that one read may hold in memory: the tables of a video of twelve hours fit. */
const MAX_CONTIGUOUS_BYTES = 32 * 1024 * 1024;
/** Blocks that are kept. The largest read fits, so that tables which are looked at twice are asked for once. */
const CACHE_BYTES = MAX_CONTIGUOUS_BYTES + MAX_READ_AHEAD_BYTES;

/** Sees every piece that comes from the reader, once for each time it was fetched; may throw to refuse the file. */
export type PieceListener = (start: number, bytes: Uint8Array) => void;

/** Thrown when the next piece would exceed a limit. */
export class ReadLimitError extends Error {
  /** Literal, since minifiers change class names. */
  override readonly name = 'ReadLimitError' as const;
}

/** Thrown around whatever the underlying reader threw, so that it is told from a parser's error. */
export class ReaderFailure extends Error {
  /** Literal, since minifiers change class names. */
  override readonly name = 'ReaderFailure' as const;
}

/** Reads whole blocks through a small cache and keeps count; never more than `maxBytesRead` in all. */
export class BlockReader {
  /** Bytes asked for so far. */
  bytesRead = 0;
  /** Requests so far. */
  reads = 0;
  /** Sees every fetched piece. */
  onPiece: PieceListener | undefined;

  readonly #reader: RangeReader;
  readonly #maxBytesRead: number;
  readonly #signal: AbortSignal;
  readonly #blocks = new Map<number, Uint8Array>();
  #cachedBytes = 0;
  #nextSequentialBlock = 0;
  #readAheadBytes = BLOCK_BYTES;
  #queue: Promise<unknown> = Promise.resolve();

  /** Reads through `reader` until `signal` aborts or the limit is reached. */
  constructor(reader: RangeReader, maxBytesRead: number, signal: AbortSignal) {
    this.#reader = reader;
    this.#maxBytesRead = maxBytesRead;
    this.#signal = signal;
  }

  /** Size of the file in bytes. */
  get sizeBytes(): number {
    return this.#reader.sizeBytes;
  }

  /** Exactly the bytes from `start` up to `end`, which must lie inside the file. */
  read(start: number, end: number): Promise<Uint8Array> {
    const result = this.#queue.then(() => this.#read(start, end));
    // The next read waits for this one, whatever becomes of it; its outcome belongs to the caller.
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    this.#signal.throwIfAborted();
    if (end - start > MAX_CONTIGUOUS_BYTES) throw new ReadLimitError();
    const missing = blocksOf(start, end).filter((index) => !this.#blocks.has(index));
    const missingBytes = missing.reduce((sum, index) => sum + this.#blockBytes(index), 0);
    if (this.bytesRead + missingBytes > this.#maxBytesRead) throw new ReadLimitError();

    const result = new Uint8Array(end - start);
    const copy = (from: number, bytes: Uint8Array) => {
      const part = bytes.subarray(Math.max(0, start - from), Math.max(0, end - from));
      result.set(part, Math.max(0, from - start));
    };
    // First what is kept: fetching the rest may push it out.
    for (const index of blocksOf(start, end)) {
      const block = this.#blocks.get(index);
      if (block !== undefined) copy(index * BLOCK_BYTES, block);
    }
    let arrivedUpTo = 0;
    for (const index of missing) {
      const from = index * BLOCK_BYTES;
      if (from < arrivedUpTo) continue;
      const piece = await this.#fetchFrom(index, end);
      copy(from, piece);
      arrivedUpTo = from + piece.length;
    }
    return result;
  }

  /** Fetches a run of missing blocks from `index` on: what is needed up to `end`, and more when the file is read in order. */
  async #fetchFrom(index: number, neededEnd: number): Promise<Uint8Array> {
    const isSequential = index === this.#nextSequentialBlock && index > 0;
    this.#readAheadBytes = isSequential ? Math.min(this.#readAheadBytes * 2, MAX_READ_AHEAD_BYTES) : BLOCK_BYTES;
    const start = index * BLOCK_BYTES;
    const budget = this.#maxBytesRead - this.bytesRead;
    const longest = Math.min(start + budget, start + MAX_PIECE_BYTES, this.sizeBytes);
    let end = start + this.#blockBytes(index);
    // Blocks that were kept may have been pushed out and cost more than was reckoned with.
    if (end > longest) throw new ReadLimitError();
    while (end < longest && !this.#blocks.has(end / BLOCK_BYTES)) {
      if (end >= neededEnd && end - start >= this.#readAheadBytes) break;
      const next = Math.min(end + BLOCK_BYTES, this.sizeBytes);
      if (next > longest) break;
      end = next;
    }
    this.bytesRead += end - start;
    this.reads += 1;
    const bytes = await this.#ask(start, end);
    this.onPiece?.(start, bytes);
    for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
      this.#keep(index + offset / BLOCK_BYTES, bytes.subarray(offset, offset + BLOCK_BYTES));
    }
    this.#nextSequentialBlock = Math.ceil(end / BLOCK_BYTES);
    return bytes;
  }

  async #ask(start: number, end: number): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#reader.read(start, end, this.#signal);
    } catch (error) {
      throw new ReaderFailure('The reader failed.', { cause: error });
    }
    this.#signal.throwIfAborted();
    if (bytes.length !== end - start) {
      const cause = new RangeError(`The reader returned ${bytes.length} bytes, not ${end - start}: the file changed.`);
      throw new ReaderFailure('The reader failed.', { cause });
    }
    return bytes;
  }

  /** The last block of a file is shorter. */
  #blockBytes(index: number): number {
    return Math.min(BLOCK_BYTES, this.sizeBytes - index * BLOCK_BYTES);
  }

  #keep(index: number, block: Uint8Array): void {
    this.#blocks.set(index, block);
    this.#cachedBytes += block.length;
    for (const [oldest, bytes] of this.#blocks) {
      if (this.#cachedBytes <= CACHE_BYTES || oldest === index) break;
      this.#blocks.delete(oldest);
      this.#cachedBytes -= bytes.length;
    }
  }
}

/** The numbers of the blocks in which the bytes from `start` up to `end` lie. */
function blocksOf(start: number, end: number): number[] {
  const first = Math.floor(start / BLOCK_BYTES);
  return Array.from({ length: Math.ceil(end / BLOCK_BYTES) - first }, (_, index) => first + index);
}
