import { describe, expect, test } from 'vitest';
import { box, concat, words } from '../../test-support/boxes.ts';
import { ByteSource } from './byte-source.ts';
import { type Box, BoxWalker } from './iso-boxes.ts';

const MAX_BOXES = 2000;
const text = (characters: string) => new TextEncoder().encode(characters);
const sourceOf = (bytes: Uint8Array) => new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end));

/** All boxes, and whether the walk reached the end. */
async function walked(bytes: Uint8Array, end = bytes.length, walker = new BoxWalker(sourceOf(bytes))) {
  const boxes: Box[] = [];
  const walk = walker.walk(0, end);
  for (;;) {
    const { done, value } = await walk.next();
    if (done === true) return { boxes, isWhole: value };
    boxes.push(value);
  }
}
/** A box with a size of 64 bits. */
const large = (size: bigint, type = 'mdat') =>
  concat(words(1), text(type), words(Number(size >> 32n), Number(size & 0xffffffffn)));

describe('one box', () => {
  test('has a start, a content and an end', async () => {
    const { boxes, isWhole } = await walked(concat(box('free', new Uint8Array(3)), box('moov', new Uint8Array(1))));
    expect(boxes).toEqual([
      { type: 'free', start: 0, content: 8, end: 11 },
      { type: 'moov', start: 11, content: 19, end: 20 },
    ]);
    expect(isWhole).toBe(true);
  });

  test('of 8 bytes is empty; with fewer bytes there is no box', async () => {
    expect(await walked(concat(words(8), text('free')))).toMatchObject({ boxes: [{ end: 8 }], isWhole: true });
    for (const size of [2, 7]) {
      expect(await walked(concat(words(size), text('free'), words(0)))).toEqual({ boxes: [], isWhole: false });
    }
  });

  test('with a 64-bit size is empty at 16 bytes; with fewer bytes or an incomplete head there is no box', async () => {
    expect(await walked(large(16n))).toEqual({
      boxes: [{ type: 'mdat', start: 0, content: 16, end: 16 }],
      isWhole: true,
    });
    expect(await walked(concat(large(15n), words(0)))).toEqual({ boxes: [], isWhole: false });
    expect(await walked(large(16n).subarray(0, 15))).toEqual({ boxes: [], isWhole: false });
  });

  test('that ends beyond the exact range of numbers does not count', async () => {
    const most = BigInt(Number.MAX_SAFE_INTEGER);
    expect((await walked(large(most))).boxes).toMatchObject([{ end: Number.MAX_SAFE_INTEGER }]);
    expect((await walked(large(most + 1n))).boxes).toEqual([]);
    // After a box of 8 bytes the same size ends 8 bytes later.
    expect((await walked(concat(words(8), text('free'), large(most)))).boxes).toHaveLength(1);
  });

  test('of size 0 reaches to the end of its parent', async () => {
    expect((await walked(concat(words(0), text('mdat'), new Uint8Array(50)), 30)).boxes).toMatchObject([{ end: 30 }]);
  });

  test('needs a head of 8 bytes and four printable characters; QuickTime’s copyright sign is one of them', async () => {
    expect((await walked(concat(words(8), text('free')).subarray(0, 7))).isWhole).toBe(false);
    for (const [byte, count] of [
      [0x20, 1],
      [0x1f, 0],
      [0x7e, 1],
      [0x7f, 0],
      [0xa9, 1],
      [0xa8, 0],
    ] as const) {
      expect((await walked(concat(words(8), Uint8Array.of(byte), text('day')))).boxes).toHaveLength(count);
    }
  });
});

describe('a walk', () => {
  const empty = concat(words(8), text('free'));
  const many = (count: number) => concat(...Array<Uint8Array>(count).fill(empty));

  test('reads 2000 boxes of a file, and reports that it did not reach the end when there are more', async () => {
    expect(await walked(many(MAX_BOXES))).toMatchObject({ isWhole: true, boxes: { length: MAX_BOXES } });
    expect(await walked(many(MAX_BOXES + 1))).toMatchObject({ isWhole: false, boxes: { length: MAX_BOXES } });
  });

  test('shares the limit with the other walks over the same file', async () => {
    const bytes = many(MAX_BOXES - 1);
    const walker = new BoxWalker(sourceOf(bytes));
    expect((await walked(bytes, bytes.length, walker)).isWhole).toBe(true);
    expect(await walked(bytes, bytes.length, walker)).toMatchObject({ isWhole: false, boxes: { length: 1 } });
  });

  test('misses a box that reaches to the end after 2000 others, but does not count padding after fewer as missed', async () => {
    const missed = async (bytes: Uint8Array) => {
      const walker = new BoxWalker(sourceOf(bytes));
      await walked(bytes, bytes.length, walker);
      return walker.hasMissed;
    };
    expect(await missed(concat(many(MAX_BOXES), words(0), text('moov')))).toBe(true);
    expect(await missed(concat(many(MAX_BOXES - 1), words(0, 0)))).toBe(false);
  });

  test('finds the first box of a path, within its parent alone', async () => {
    const bytes = concat(box('moov', box('trak', box('tkhd')), box('trak', box('mdia', box('mdhd')))), box('mdhd'));
    const walker = new BoxWalker(sourceOf(bytes));
    const [movie] = (await walked(bytes)).boxes;
    if (movie === undefined) throw new TypeError('There is one.');
    expect(await walker.find(movie)).toBe(movie);
    expect(await walker.find(movie, 'trak', 'tkhd')).toMatchObject({ start: 16, end: 24 });
    expect(await walker.find(movie, 'trak', 'mdia', 'mdhd')).toBeUndefined();
    expect(await walker.find(movie, 'mdhd')).toBeUndefined();
  });
});
