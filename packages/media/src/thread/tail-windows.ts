import type { ByteSource } from './byte-source.ts';

/** Sizes of the end of the file that are searched, one after another, until the last unit of the stream begins in one. */
const WINDOW_BYTES = [512 * 1024, 2 * 1024 * 1024, 8 * 1024 * 1024];

/** The end of the file, in larger and larger pieces, none before `notBefore`. */
export async function* tailWindows(
  source: ByteSource,
  notBefore: number,
): AsyncGenerator<{ readonly start: number; readonly bytes: Uint8Array }> {
  for (const size of WINDOW_BYTES) {
    const start = Math.max(notBefore, source.sizeBytes - size);
    yield { start, bytes: await source.read(start, source.sizeBytes) };
    if (start === notBefore) return;
  }
}

/** Every position in `bytes` at which the four bytes of `mark` begin. */
export function* placesOf(bytes: Uint8Array, mark: number): Generator<number> {
  const first = mark >>> 24;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = bytes.indexOf(first); at >= 0 && at + 4 <= bytes.length; at = bytes.indexOf(first, at + 1)) {
    if (view.getUint32(at) === mark) yield at;
  }
}
