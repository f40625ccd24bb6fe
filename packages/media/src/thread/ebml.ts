/** An element of Matroska (RFC 8794, RFC 9559), by its positions in the given bytes. */
export interface EbmlElement {
  readonly id: number;
  readonly content: number;
  /** Where it ends; infinite when its size is unknown, as live recorders write it. */
  readonly end: number;
}

/** The element that begins at `at`; undefined when none can begin there, or its head is incomplete. */
export function elementAt(bytes: Uint8Array, at: number): EbmlElement | undefined {
  const idLength = lengthOf(bytes[at], 4);
  const sizeLength = idLength === undefined ? undefined : lengthOf(bytes[at + idLength], 8);
  if (idLength === undefined || sizeLength === undefined) return undefined;
  const content = at + idLength + sizeLength;
  if (content > bytes.length) return undefined;
  const id = unsigned(bytes, at, at + idLength);
  const first = bytes[at + idLength] ?? 0;
  // Without the bit that marks the length: with it, eight bytes would exceed the exact range of a number.
  const size =
    (first % 2 ** (8 - sizeLength)) * 2 ** (8 * (sizeLength - 1)) + unsigned(bytes, at + idLength + 1, content);
  // A size whose bits are all 1 means: until an element begins that cannot be inside.
  const isUnknown = size >= 2 ** (7 * sizeLength) - 1;
  return { id, content, end: isUnknown ? Number.POSITIVE_INFINITY : content + size };
}

/** An unsigned number of up to eight bytes. */
export function unsigned(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

/** How long a number is that begins with this byte: the position of the first 1 bit, counted from the left. */
function lengthOf(first: number | undefined, longest: number): number | undefined {
  const length = Math.clz32(first ?? 0) - 23;
  return length > longest ? undefined : length;
}
