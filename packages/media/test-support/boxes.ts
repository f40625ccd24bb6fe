/** Big-endian words of 32 bits. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(index * 4, value);
  });
  return bytes;
}

/** All parts, one after the other. */
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

/** Where a box of this name begins, from `from` on. @throws {RangeError} there is none */
export function positionOf(bytes: Uint8Array, name: string, from = 0): number {
  const text = new TextEncoder().encode(name);
  for (let index = from; index + 8 <= bytes.length; index += 1) {
    if (text.every((byte, offset) => bytes[index + 4 + offset] === byte)) return index;
  }
  throw new RangeError(`There is no box ${name}.`);
}
