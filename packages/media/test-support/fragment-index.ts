import { box, concat, words } from './boxes.ts';

/** How an index differs from the shortest one. */
interface IndexShape {
  /** Times and places of 64 bits. */
  readonly isLong?: boolean;
  /** Bytes of each of the three numbers after a position, 1–4. */
  readonly numberBytes?: number;
  /** Entries that a table claims but does not have. */
  readonly more?: number;
}

/** The index at the end of a fragmented film: for each track the positions of its fragments. */
export function fragmentIndex(
  tables: readonly (readonly number[])[],
  { isLong = false, numberBytes = 1, more = 0 }: IndexShape = {},
): Uint8Array {
  const entry = (place: number) =>
    concat(isLong ? words(0, 7, 0, place) : words(7, place), new Uint8Array(3 * numberBytes));
  const lengths = (numberBytes - 1) * 0b010101;
  const table = (places: readonly number[]) =>
    box('tfra', words(isLong ? 0x01000000 : 0, 1, lengths, places.length + more), ...places.map(entry));
  const boxes = concat(...tables.map(table));
  return box('mfra', boxes, box('mfro', words(0, boxes.length + 24)));
}
