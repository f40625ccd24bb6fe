/**
 * The most memory that the parser may have: enough for the tables of some 2 million samples, which is eight hours of a usual
 * film.
 */
const MAX_HEAP_BYTES = 208 * 1024 * 1024;
/** A heap never shrinks: a thread with a larger one is replaced after the file. */
const SPENT_HEAP_BYTES = 64 * 1024 * 1024;
const PAGE_BYTES = 65_536;
/** Emscripten asks for more than it needs first, then twice for less. */
const ATTEMPTS = 3;

/** The part of the global that is used here; TypeScript declares it only in its library for browsers. */
declare const WebAssembly: {
  readonly Memory: { readonly prototype: WasmMemory };
};
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

let heapBytes = 0;
let refusals = 0;
let wasRefused = false;

/** Thrown after the parser requested more memory than it may have. */
export class WasmHeapError extends Error {
  override readonly name = 'WasmHeapError' as const;

  /** Called after each chunk, since the parser sometimes continues after a refusal. @throws {WasmHeapError} */
  static throwIfRefused(): void {
    if (wasRefused) throw new WasmHeapError('The parser needs more memory than it may have.');
  }
}

/**
 * Bounds the WebAssembly memory of this thread: `resourceLimits` of a worker do not, and one chunk can request gigabytes, so
 * that checking the size afterwards would be too late.
 */
export function limitWasmHeap(): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (this: WasmMemory, pages: number): number {
    const bytes = this.buffer.byteLength + pages * PAGE_BYTES;
    if (bytes > MAX_HEAP_BYTES) {
      refusals += 1;
      wasRefused ||= refusals >= ATTEMPTS;
      throw new RangeError('The memory of this parser is bounded.');
    }
    refusals = 0;
    heapBytes = bytes;
    return grow.call(this, pages);
  };
}

/** Whether this thread holds so much memory that it is to be replaced. */
export function isHeapSpent(): boolean {
  return wasRefused || heapBytes > SPENT_HEAP_BYTES;
}
