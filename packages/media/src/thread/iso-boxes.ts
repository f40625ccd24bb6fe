import type { ByteSource } from './byte-source.ts';

/** A box of ISO/IEC 14496-12 or QuickTime, by its positions in the file. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** Where its content begins. */
  readonly content: number;
  readonly end: number;
}

/** The most boxes that are read in one file; a real one has some dozens beside its fragments. */
const MAX_BOXES = 2000;
/** Four printable characters, or the copyright sign of QuickTime. */
const TYPE = /^[\x20-\x7e\xa9]{4}$/;
const LARGE_SIZE = 1;
const TO_THE_END = 0;

/** Walks over boxes, a bounded number for each file. */
export class BoxWalker {
  readonly #source: ByteSource;
  #walked = 0;
  #hasMissed = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Whether boxes were skipped that a player may use: then the boxes that were found prove nothing. */
  get hasMissed(): boolean {
    return this.#hasMissed;
  }

  /**
   * The boxes from `start` to `end`, one after another; the last one may reach beyond `end`. Ends early, with `false`, where no
   * box can begin or too many have been seen.
   */
  async *walk(start: number, end: number): AsyncGenerator<Box, boolean> {
    for (let at = start; at < end; ) {
      const box = this.#walked < MAX_BOXES ? await this.#boxAt(at, end) : undefined;
      this.#walked += 1;
      if (box === undefined) {
        this.#hasMissed ||= this.#walked > MAX_BOXES || !(await this.#isRest(at, end));
        return false;
      }
      yield box;
      at = box.end;
    }
    return true;
  }

  /**
   * The first box of that path of types inside `parent`. A second box of the same type counts as missed, since players may use
   * that one.
   */
  async find(parent: Box, ...path: readonly string[]): Promise<Box | undefined> {
    const [type, ...rest] = path;
    if (type === undefined) return parent;
    let found: Box | undefined;
    for await (const child of this.walk(parent.content, parent.end)) {
      if (child.type !== type) continue;
      this.#hasMissed ||= found !== undefined;
      found ??= child;
    }
    return found && this.find(found, ...rest);
  }

  /** Whether no box can begin here: there are too few bytes, or, as in padding, the size means that no other box follows. */
  async #isRest(start: number, end: number): Promise<boolean> {
    const head = await this.#source.read(start, Math.min(start + 8, end));
    return head.length < 8 || new DataView(head.buffer, head.byteOffset).getUint32(0) === TO_THE_END;
  }

  async #boxAt(start: number, end: number): Promise<Box | undefined> {
    const head = await this.#source.read(start, start + 16);
    if (head.length < 8) return undefined;
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const type = String.fromCharCode(...head.subarray(4, 8));
    if (!TYPE.test(type)) return undefined;
    const short = view.getUint32(0);
    if (short === TO_THE_END) return { type, start, content: start + 8, end };
    if (short !== LARGE_SIZE) {
      return short < 8 ? undefined : { type, start, content: start + 8, end: start + short };
    }
    const size = head.length < 16 ? 0 : Number(view.getBigUint64(8));
    return size < 16 || !Number.isSafeInteger(start + size)
      ? undefined
      : { type, start, content: start + 16, end: start + size };
  }
}
