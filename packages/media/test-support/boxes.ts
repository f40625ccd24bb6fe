/** Big-endian words of 32 bits. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(index * 4, value);
  });
  return bytes;
}

/** All parts one behind the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** A box of an MP4 file. */
export function box(name: string, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  return concat(words(body.length + 8), new TextEncoder().encode(name), body);
}

/** What an MP4 file begins with. */
export const fileType: Uint8Array = box('ftyp', new TextEncoder().encode('isom'), words(0x200));

/** Where a box of this name begins, from `from` on. @throws {RangeError} there is none */
export function positionOf(bytes: Uint8Array, name: string, from = 0): number {
  const text = new TextEncoder().encode(name);
  for (let index = from; index + 8 <= bytes.length; index += 1) {
    if (text.every((byte, offset) => bytes[index + 4 + offset] === byte)) return index;
  }
  throw new RangeError(`There is no box ${name}.`);
}

/** A copy in which the box at `position` is replaced; the sizes of the boxes around it grow or shrink with it. */
export function replaceBox(bytes: Uint8Array, path: readonly string[], replacement: Uint8Array): Uint8Array {
  const starts: number[] = [];
  for (const name of path) starts.push(positionOf(bytes, name, starts.at(-1) ?? 0));
  const start = starts.at(-1) ?? 0;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start);
  const changed = concat(bytes.subarray(0, start), replacement, bytes.subarray(start + size));
  const view = new DataView(changed.buffer);
  for (const parent of starts.slice(0, -1)) view.setUint32(parent, view.getUint32(parent) + replacement.length - size);
  return changed;
}
