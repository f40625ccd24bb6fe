import { describe, expect, test } from 'vitest';
import { ByteSource } from './byte-source.ts';
import { placesOf, tailWindows } from './tail-windows.ts';

const BLOCK = 256 * 1024;
const KiB = 1024;

/** A file whose bytes are the number of their block, and the requested ranges in blocks. */
function sourceOf(sizeBytes: number) {
  const asked: (readonly [number, number])[] = [];
  const source = new ByteSource(sizeBytes, async (start, end) => {
    asked.push([start, end]);
    const bytes = new Uint8Array(end - start);
    for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block += 1) {
      bytes.fill(block, Math.max(0, block * BLOCK - start), (block + 1) * BLOCK - start);
    }
    return bytes;
  });
  return { source, asked };
}

describe('ByteSource', () => {
  test('reads whole blocks, the last one to the end of the file, and no known block again', async () => {
    const { source, asked } = sourceOf(BLOCK + 10);
    expect(await source.read(5, 8)).toEqual(Uint8Array.of(0, 0, 0));
    expect(await source.read(BLOCK - 2, BLOCK + 2)).toEqual(Uint8Array.of(0, 0, 1, 1));
    expect(await source.read(BLOCK + 8, BLOCK + 99)).toHaveLength(2);
    expect(asked).toEqual([
      [0, BLOCK],
      [BLOCK, BLOCK + 10],
    ]);
    expect(await source.readOn(BLOCK - 1)).toHaveLength(1);
    expect(await source.readOn(BLOCK)).toHaveLength(10);
  });

  test('after the end of the file there is nothing, and no read is made for it', async () => {
    const { source, asked } = sourceOf(10);
    expect(await source.readOn(10)).toHaveLength(0);
    expect(await source.read(10, 12)).toHaveLength(0);
    expect(await source.read(12, 14)).toHaveLength(0);
    expect(asked).toEqual([]);
  });

  test('keeps the twelve blocks that were used last', async () => {
    const { source, asked } = sourceOf(20 * BLOCK);
    const use = (block: number) => source.readOn(block * BLOCK);
    for (let block = 0; block < 12; block++) await use(block);
    await use(0);
    expect(asked).toHaveLength(12);
    await use(12);
    // The second block is the least recently used one.
    await use(0);
    await use(2);
    expect(asked).toHaveLength(13);
    await use(1);
    expect(asked).toHaveLength(14);
  });
});

describe('tailWindows', () => {
  async function windowsOf(sizeBytes: number, notBefore: number) {
    const starts: number[] = [];
    for await (const { start, bytes } of tailWindows(sourceOf(sizeBytes).source, notBefore)) {
      expect(bytes).toHaveLength(sizeBytes - start);
      starts.push(sizeBytes - start);
    }
    return starts;
  }

  test('are of 512 KiB, 2 MiB and 8 MiB, and none begins too early or twice at one place', async () => {
    const size = 9000 * KiB;
    expect(await windowsOf(size, 0)).toEqual([512 * KiB, 2048 * KiB, 8192 * KiB]);
    expect(await windowsOf(size, size - 1000 * KiB)).toEqual([512 * KiB, 1000 * KiB]);
    expect(await windowsOf(size, size - 512 * KiB)).toEqual([512 * KiB]);
    expect(await windowsOf(100, 0)).toEqual([100]);
  });
});

test('placesOf finds every place of a mark, also at the end, but no incomplete one', () => {
  const places = (...bytes: readonly number[]) => [...placesOf(Uint8Array.from(bytes), 0x01020304)];
  expect(places(1, 1, 2, 3, 4, 0, 1, 2, 3, 4)).toEqual([1, 6]);
  expect(places(1, 2, 3, 4, 1, 2, 3)).toEqual([0]);
  expect(places(0, 1, 2, 3, 5)).toEqual([]);
});
