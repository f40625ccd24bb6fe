/** An element of Matroska (RFC 8794, RFC 9559), by its places in the bytes at hand. */
export interface EbmlElement {
  readonly id: number;
  readonly content: number;
  /** Where it ends; infinite when its size is unknown, as live recorders write it. */
  readonly end: number;
}

/** The element that begins at `at`; undefined where none can, or where its head is cut. */
export function elementAt(bytes: Uint8Array, at: number): EbmlElement | undefined {
  const idLength = lengthOf(bytes[at], 4);
  const sizeLength = idLength === undefined ? undefined : lengthOf(bytes[at + idLength], 8);
  if (idLength === undefined || sizeLength === undefined) return undefined;
  const content = at + idLength + sizeLength;
  if (content > bytes.length) return undefined;
  const id = unsigned(bytes, at, at + idLength);
  const first = bytes[at + idLength] ?? 0;
  // Without the bit that marks the length: with it, eight bytes are more than a number holds exactly.
  const size =
    (first % 2 ** (8 - sizeLength)) * 2 ** (8 * (sizeLength - 1)) + unsigned(bytes, at + idLength + 1, content);
  // A size of ones alone means: until something begins that cannot be inside.
  const isUnknown = size >= 2 ** (7 * sizeLength) - 1;
  return { id, content, end: isUnknown ? Number.POSITIVE_INFINITY : content + size };
}

/** An unsigned number of up to eight bytes. */
export function unsigned(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

/** How long a number is that begins with this byte: as many bytes as its first 1 has places from the left. */
function lengthOf(first: number | undefined, longest: number): number | undefined {
  const length = Math.clz32(first ?? 0) - 23;
  return length > longest ? undefined : length;
}
