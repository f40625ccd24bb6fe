import { describe, expect, test } from 'vitest';
import { element, endless, short } from '../../test-support/elements.ts';
import { ByteSource } from './byte-source.ts';
import { matroskaDuration } from './matroska-duration.ts';

const KiB = 1024;
const HEADER = element(0x1a45dfa3, short(0x4282, ...Buffer.from('webm')));
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const time = (ticks: number) => short(0xe7, ticks >> 24, (ticks >> 16) & 255, (ticks >> 8) & 255, ticks & 255);
const info = (...scale: readonly number[]) => element(0x1549a966, short(0x4489, 1, 2), short(0x2ad7b1, ...scale));
const signed = (ticks: number) => [(ticks >> 8) & 255, ticks & 255];
/** A block of track 1, so many ticks after its cluster. */
const block = (ticks: number) => short(0xa3, 0x81, ...signed(ticks), 0x80, 1);
const group = (ticks: number, duration?: number) =>
  element(0xa0, short(0xa1, 0x81, ...signed(ticks), 0, 1), ...(duration === undefined ? [] : [short(0x9b, duration)]));
const cluster = (ticks: number, ...blocks: readonly Uint8Array[]) => element(CLUSTER, time(ticks), ...blocks);
const filler = (bytes: number) => element(0xec, new Uint8Array(bytes));

async function durationOfBytes(bytes: Uint8Array): Promise<number | undefined> {
  return matroskaDuration(new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end)));
}
/** The play time of a file of these elements, with ticks of a millisecond. */
const durationOf = (...parts: readonly Uint8Array[]) =>
  durationOfBytes(Buffer.concat([HEADER, element(SEGMENT, ...parts)]));

describe('the play time', () => {
  test('is from the first block of the first cluster to the last block of any', async () => {
    expect(await durationOf(cluster(5000, block(10), block(40)), cluster(6000, block(0), block(500)))).toBe(1.49);
  });

  test('counts blocks in any order, also those before the time of their cluster', async () => {
    expect(await durationOf(cluster(5000, block(40), block(-10), block(30)))).toBe(0.05);
    expect(await durationOf(cluster(5000, block(0)), cluster(6000, block(500), block(-100)))).toBe(1.5);
    expect(await durationOf(cluster(5000, block(0)), cluster(9000, block(0)), cluster(7000, block(0)))).toBe(4);
  });

  test('ends with the duration of the last block, when it has one', async () => {
    expect(await durationOf(cluster(0, block(0), group(100)))).toBe(0.1);
    expect(await durationOf(cluster(0, block(0), group(100, 50)))).toBe(0.15);
    expect(await durationOf(cluster(0, group(0, 50), group(40, 5)))).toBe(0.05);
  });

  test('uses the ticks of the header, or of a millisecond when the header has none above 0', async () => {
    const film = cluster(0, block(0), block(1000));
    expect(await durationOf(film)).toBe(1);
    expect(await durationOf(info(0x1e, 0x84, 0x80), film)).toBe(2);
    expect(await durationOf(info(0), film)).toBe(1);
    expect(await durationOf(element(0x1549a966, short(0x4489, 1)), film)).toBe(1);
  });

  test('of one block is 0 when the whole file was read; it is unknown when the last block is before the first', async () => {
    expect(await durationOf(cluster(5000, block(0)))).toBe(0);
    expect(await durationOf(cluster(5000, block(0)), filler(600 * KiB), cluster(5000, block(0)))).toBeUndefined();
    expect(await durationOf(cluster(5000, block(0)), filler(600 * KiB), cluster(4000, block(0)))).toBeUndefined();
    expect(await durationOf()).toBeUndefined();
    expect(await durationOf(cluster(5000))).toBeUndefined();
    expect(await durationOf(filler(4))).toBeUndefined();
  });

  test('is read from a live recording, whose segment and clusters have no size', async () => {
    const live = (...clusters: readonly Uint8Array[]) =>
      durationOfBytes(Buffer.concat([HEADER, endless(SEGMENT, info(0x0f, 0x42, 0x40), ...clusters)]));
    const part = (ticks: number, ...blocks: readonly Uint8Array[]) => endless(CLUSTER, time(ticks), ...blocks);
    expect(await live(part(0, block(0)), part(3000, block(0), block(20)))).toBe(3.02);
    // A recording that ends within a block ends with the block before.
    expect(await live(part(0, block(0)), part(3000, block(20)), block(40).subarray(0, 3))).toBe(3.02);
    expect(await live(part(0, block(0)), part(3000, block(20)), Uint8Array.of(0xa3))).toBe(3.02);
    // An element that cannot be skipped ends the search.
    expect(await live(endless(0x1c53bb6b), part(0, block(0)), part(3000, block(20)))).toBeUndefined();
  });
});

describe('a cluster', () => {
  test.each([0xaf, 0x5854, 0xa7, 0xab, 0xec, 0xbf])('may contain the element %i, which has no time', async (id) => {
    expect(await durationOf(cluster(0, block(0), short(id, 1, 2), block(100)))).toBe(0.1);
  });

  test('ends where an element begins that cannot be inside', async () => {
    expect(await durationOf(cluster(0, block(0), block(50), short(0x4489, 1, 2), block(100)))).toBe(0.05);
  });

  test('is ignored when its blocks come before its time', async () => {
    const timeless = element(CLUSTER, block(0), time(5000), block(9));
    expect(await durationOf(timeless, cluster(0, block(0), block(9)))).toBeUndefined();
    expect(await durationOf(cluster(0, block(0), block(9)), timeless)).toBe(0.009);
  });

  test('is not searched within the blocks of another', async () => {
    const inside = short(0xa3, 0x81, 0, 30, 0x80, ...cluster(90_000, block(0)));
    expect(await durationOf(cluster(0, block(0), inside))).toBe(0.03);
  });

  test('has blocks of tracks with numbers of up to eight bytes', async () => {
    const wide = (...number: readonly number[]) => short(0xa3, ...number, ...signed(300), 0x80, 1);
    expect(await durationOf(cluster(0, block(0), wide(0x40, 1)))).toBe(0.3);
    expect(await durationOf(cluster(0, block(0), wide(0x01, 0, 0, 0, 0, 0, 0, 1)))).toBe(0.3);
    expect(await durationOf(cluster(0, block(0), block(20), wide(0x00, 1)))).toBe(0.02);
  });
});

describe('few reads', () => {
  test('a first block is searched in 64 KiB of the first cluster', async () => {
    const behind = (bytes: number) => element(CLUSTER, time(0), filler(bytes), block(0), block(10));
    expect(await durationOf(behind(60 * KiB))).toBe(0.01);
    expect(await durationOf(behind(64 * KiB))).toBeUndefined();
  });

  test('a first cluster is searched after at most a thousand elements', async () => {
    const film = cluster(0, block(0), block(10));
    // The header and the segment count as well.
    const behind = (count: number) => durationOf(...Array<Uint8Array>(count).fill(filler(0)), film);
    expect(await behind(997)).toBe(0.01);
    expect(await behind(998)).toBeUndefined();
  });

  test('a last cluster is searched in 512 KiB of the end, then in 2 MiB, then in 8', async () => {
    const film = (bytes: number) =>
      durationOf(cluster(0, block(0)), filler(9_000 * KiB), cluster(4000, block(0)), filler(bytes));
    expect(await film(500 * KiB)).toBe(4);
    expect(await film(1000 * KiB)).toBe(4);
    expect(await film(7000 * KiB)).toBe(4);
    expect(await film(8192 * KiB)).toBeUndefined();
  });
});
