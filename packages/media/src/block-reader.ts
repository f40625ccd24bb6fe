import type { RangeReader } from './range-reader.ts';

/** Smallest piece that is asked for; neighbouring small reads become one round trip. */
const BLOCK_BYTES = 64 * 1024;
/** Blocks that are kept, so that the same bytes are seldom asked for twice. */
const CACHE_BYTES = 16 * 1024 * 1024;
/** A file that is read from front to back is asked for in growing pieces, up to this size. */
const MAX_READ_AHEAD_BYTES = 4 * 1024 * 1024;
/** Most bytes that one read may hold in memory: the tables of a video of twelve hours fit. */
const MAX_CONTIGUOUS_BYTES = 32 * 1024 * 1024;

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
    const first = Math.floor(start / BLOCK_BYTES);
    const last = Math.floor((end - 1) / BLOCK_BYTES);
    const missing = this.#missingBytes(first, last);
    if (this.bytesRead + missing > this.#maxBytesRead) throw new ReadLimitError();

    const result = new Uint8Array(end - start);
    for (let index = first; index <= last; ) {
      const block = this.#blocks.get(index);
      if (block === undefined) {
        await this.#fetchFrom(index, last);
        continue;
      }
      const blockStart = index * BLOCK_BYTES;
      const from = Math.max(start, blockStart);
      const part = block.subarray(from - blockStart, Math.min(end, blockStart + block.length) - blockStart);
      result.set(part, from - start);
      index += 1;
    }
    return result;
  }

  /** Fetches a run of missing blocks that begins at `index`: all that is needed, and more when the file is read in order. */
  async #fetchFrom(index: number, lastNeeded: number): Promise<void> {
    const isSequential = index === this.#nextSequentialBlock && index > 0;
    this.#readAheadBytes = isSequential ? Math.min(this.#readAheadBytes * 2, MAX_READ_AHEAD_BYTES) : BLOCK_BYTES;
    const start = index * BLOCK_BYTES;
    const budget = this.#maxBytesRead - this.bytesRead;
    // A piece holds at most half the cache, so that it cannot push out its own beginning before it is used.
    const longest = Math.min(start + budget, start + CACHE_BYTES / 2, this.sizeBytes);
    let end = Math.min((index + 1) * BLOCK_BYTES, longest);
    while (end < longest && !this.#blocks.has(end / BLOCK_BYTES)) {
      const isNeeded = end / BLOCK_BYTES <= lastNeeded;
      if (!isNeeded && end - start >= this.#readAheadBytes) break;
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

  #missingBytes(first: number, last: number): number {
    let bytes = 0;
    for (let index = first; index <= last && bytes <= this.#maxBytesRead; index += 1) {
      if (!this.#blocks.has(index)) bytes += Math.min(BLOCK_BYTES, this.sizeBytes - index * BLOCK_BYTES);
    }
    return bytes;
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
