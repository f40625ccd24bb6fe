/** One box of an MP4 or QuickTime file: ISO/IEC 14496-12, section 4.2. */
export interface Box {
  /** Four characters. */
  readonly name: string;
  /** Where its content begins. */
  readonly contentStart: number;
  /** Where the next box begins; may lie beyond the bytes at hand. */
  readonly end: number;
}

/** The box that begins at `position`; undefined when there is none. */
export function readBox(bytes: Uint8Array, position: number): Box | undefined {
  if (position + 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = boxName(bytes, position + 4);
  const size = view.getUint32(position);
  if (size !== 1) return size < 8 ? undefined : { name, contentStart: position + 8, end: position + size };
  if (position + 16 > bytes.length) return undefined;
  const largeSize = Number(view.getBigUint64(position + 8));
  return largeSize < 16 ? undefined : { name, contentStart: position + 16, end: position + largeSize };
}

/** The four characters at `position`. */
export function boxName(bytes: Uint8Array, position: number): string {
  return String.fromCharCode(...bytes.subarray(position, position + 4));
}

/** A box's name as the big-endian word that it is in a file. */
export function boxWord(name: string): number {
  return [...name].reduce((word, character) => word * 256 + character.charCodeAt(0), 0);
}
