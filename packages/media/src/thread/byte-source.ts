/** Thrown when `maxBytes` is used up. */
export class ReadLimitError extends Error {
  override readonly name = 'ReadLimitError' as const;
}

/** Bytes of one read: the step of the parser, and a good size for a ranged request. */
const BLOCK_BYTES = 256 * 1024;
/** Blocks that are kept, so that a block which both the parser and this package read is requested once. */
const KEPT_BLOCKS = 12;

/** A file in aligned blocks, read on demand and kept for a while. */
export class ByteSource {
  /** Size of the whole file. */
  readonly sizeBytes: number;
  readonly #ask: (start: number, end: number) => Promise<Uint8Array>;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(sizeBytes: number, ask: (start: number, end: number) => Promise<Uint8Array>) {
    this.sizeBytes = sizeBytes;
    this.#ask = ask;
  }

  /** The bytes from `offset` to the end of its block: at least one, unless the file ends there. */
  async readOn(offset: number): Promise<Uint8Array> {
    if (offset >= this.sizeBytes) return new Uint8Array();
    const start = offset - (offset % BLOCK_BYTES);
    const block = this.#blocks.get(start) ?? (await this.#ask(start, Math.min(start + BLOCK_BYTES, this.sizeBytes)));
    // The last used block is the last of the map, so the first one is dropped.
    this.#blocks.delete(start);
    this.#blocks.set(start, block);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > KEPT_BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    return block.subarray(offset - start);
  }

  /** The bytes from `start` up to, not including, `end`; fewer where the file ends. */
  async read(start: number, end: number): Promise<Uint8Array> {
    const last = Math.min(end, this.sizeBytes);
    const first = await this.readOn(start);
    if (first.length >= last - start) return first.subarray(0, Math.max(0, last - start));
    const bytes = new Uint8Array(last - start);
    for (let filled = 0; filled < bytes.length; ) {
      const piece = (await this.readOn(start + filled)).subarray(0, bytes.length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return bytes;
  }
}
