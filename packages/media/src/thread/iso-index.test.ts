import { describe, expect, test } from 'vitest';
import { box, concat, words } from '../../test-support/boxes.ts';
import { fragmentIndex } from '../../test-support/fragment-index.ts';
import { ByteSource } from './byte-source.ts';
import { indexedStart } from './iso-index.ts';

const startOf = (bytes: Uint8Array) =>
  indexedStart(
    new ByteSource(bytes.length, async (start, end) => {
      if (start < 0) throw new RangeError('There is nothing before the file.');
      return bytes.subarray(start, end);
    }),
  );
const film = new Uint8Array(100);
/** An index without its last box. */
const tables = fragmentIndex([[9]]).subarray(0, -16);

describe('where the last fragments begin', () => {
  test.each([false, true])(
    'is the last position of a table, with numbers of any length (64 bits: %s)',
    async (isLong) => {
      for (const numberBytes of [1, 2, 4]) {
        expect(await startOf(concat(film, fragmentIndex([[9, 55]], { isLong, numberBytes })))).toBe(55);
      }
    },
  );

  test('is the earliest of the last positions of all tracks; an empty table is ignored', async () => {
    expect(await startOf(fragmentIndex([[9, 70], [8, 60], [80]]))).toBe(60);
    expect(await startOf(fragmentIndex([[], [70]]))).toBe(70);
  });

  test.each([
    ['there is no file', new Uint8Array()],
    ['it ends with another box', concat(film, box('free', words(0, 24)))],
    ['it has no table', fragmentIndex([])],
    ['its tables are empty', fragmentIndex([[]])],
    ['a table has fewer entries than it states', fragmentIndex([[9]], { more: 1 })],
    ['it begins before the file', box('mfro', words(0, 17))],
    ['it begins far before the file', box('mfro', words(0, 0xffffffff))],
    ['bytes that are not a box follow a table', concat(tables, words(7, 7), box('mfro', words(0, tables.length + 24)))],
    ['its boxes cannot be read', concat(words(99), box('mfro', words(0, 20)))],
    ['a table is too short', box('mfra', box('tfra', words(0, 1)), box('mfro', words(0, 40)))],
  ])('is unknown where %s', async (_, bytes) => {
    expect(await startOf(bytes)).toBeUndefined();
  });
});
