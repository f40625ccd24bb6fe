import { fixtures } from '@videostorage/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { box, concat, fileType, positionOf, replaceBox, words } from '../test-support/boxes.ts';
import { byteReader } from '../test-support/byte-reader.ts';
import { FragmentGuard } from './fragment-guard.ts';
import { readVideoFile } from './read-video-file.ts';

const samples = await Promise.all(
  Object.values(fixtures).map(async ({ fileName, read }) => ({ fileName, bytes: await read() })),
);
const moovFirst = await fixtures.moovFirst.read();
const many = 0xffff_ffff;
const unhandled: unknown[] = [];
const note = (error: unknown) => {
  unhandled.push(error);
};

beforeAll(() => {
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** A bomb goes off as a process without memory, or as a parser that never comes back; the answer must be a plain no. */
const expectRefusal = async (bytes: Uint8Array) =>
  expect(await readVideoFile(byteReader(bytes))).toMatchObject({ isVideo: false });

describe('never throws, whatever the bytes', () => {
  test('random bytes (1 000 runs)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect((await readVideoFile(byteReader(bytes))).isVideo).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('random bytes behind the beginning of a real file (1 000 runs)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.integer({ min: 4, max: 600 }),
        fc.uint8Array({ maxLength: 2000 }),
        async ({ bytes }, kept, noise) => {
          expect(await readVideoFile(byteReader(concat(bytes.subarray(0, kept), noise)))).toHaveProperty('isVideo');
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each(samples)('$fileName, cut at 150 places', async ({ bytes }) => {
    for (let cut = 0; cut < 150; cut += 1) {
      const length = Math.floor((bytes.length * cut) / 150);
      expect(await readVideoFile(byteReader(bytes.subarray(0, length)))).toHaveProperty('isVideo');
    }
  });

  test('changed bytes where the tables are (1 000 runs)', async () => {
    const change = fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 })),
      isNearEnd: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 20 }),
        async ({ bytes }, changes) => {
          const spoilt = bytes.slice();
          const reach = Math.min(4000, spoilt.length);
          for (const { place, value, isNearEnd } of changes) {
            const offset = Math.floor(place * reach);
            spoilt[isNearEnd ? spoilt.length - 1 - offset : offset] = value;
          }
          expect(await readVideoFile(byteReader(spoilt))).toHaveProperty('isVideo');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('bombs: a few bytes that announce thousands of millions of frames', () => {
  const table = ['moov', 'trak', 'mdia', 'minf', 'stbl'];
  const swap = (name: string, ...content: readonly Uint8Array[]) =>
    replaceBox(moovFirst, [...table, name], box(name, ...content));

  test('decoding times with composition offsets', () =>
    expectRefusal(
      replaceBox(swap('stts', words(0, 1, many, 1)), [...table, 'ctts'], box('ctts', words(0, 1, many, 0))),
    ));

  test('decoding times alone, sorted by offsets', () => expectRefusal(swap('stts', words(0, 1, many, 1))));

  test('sizes of no bits', () => {
    const sizes = replaceBox(moovFirst, [...table, 'stsz'], box('stz2', words(0, 0, many)));
    return expectRefusal(sizes);
  });

  test('many tracks that are harmless one by one: a quarter of a megabyte that would take four gigabytes', () => {
    const heavy = replaceBox(
      replaceBox(moovFirst, [...table, 'stts'], box('stts', words(0, 1, 4_194_304, 1))),
      [...table, 'ctts'],
      box('ctts', words(0, 1, 4_194_304, 0)),
    );
    const start = positionOf(heavy, 'trak');
    const track = heavy.slice(start, start + new DataView(heavy.buffer).getUint32(start));
    return expectRefusal(replaceBox(heavy, ['moov', 'trak'], concat(...Array<Uint8Array>(200).fill(track))));
  });

  test('many offset tables that are harmless one by one', () => {
    const offsets = box('ctts', words(0, 1, 4_000_000, 0));
    return expectRefusal(replaceBox(moovFirst, [...table, 'ctts'], concat(...Array<Uint8Array>(5000).fill(offsets))));
  });

  test('chunks that jump to and fro', () => {
    const jumps = Array.from({ length: 20_000 }, (_, index) => [index % 2 ? 4_000_000 : 1, 1, 1]).flat();
    return expectRefusal(swap('stsc', words(0, 20_000, ...jumps)));
  });

  test('a description of thirty megabytes is looked through to its end', async () => {
    const description = moovFirst.slice(positionOf(moovFirst, 'stsd'));
    const content = description.subarray(8, new DataView(description.buffer).getUint32(0));
    const large = replaceBox(moovFirst, [...table, 'stsd'], box('stsd', content, new Uint8Array(30_000_000)));
    expect(await readVideoFile(byteReader(large))).toMatchObject({ isVideo: true, videoCodec: 'avc1.640015' });
  });

  test('chunks far apart, and chunks without end', async () => {
    await expectRefusal(swap('stsc', words(0, 2, 1, 1, 1, many, 1, 1)));
    await expectRefusal(swap('stsc', words(0, 1, 1, many, 1)));
  });

  test.each(['stts', 'ctts', 'stsc', 'stco', 'stss', 'stsd'])('%s that counts beyond its end', (name) =>
    expectRefusal(swap(name, words(0, many, 1))),
  );

  test('sizes that count beyond their end', () => expectRefusal(swap('stsz', words(0, 0, many, 1))));

  test('tables hidden in the description of the codec', async () => {
    const description = moovFirst.slice(positionOf(moovFirst, 'stsd'));
    const size = new DataView(description.buffer).getUint32(0);
    const hidden = box('stbl', box('stts', words(0, 1, many, 1)), box('ctts', words(0, 1, many, 0)));
    const content = description.subarray(8, size);
    await expectRefusal(replaceBox(moovFirst, [...table, 'stsd'], box('stsd', content, hidden)));
  });

  test('boxes in boxes in boxes', async () => {
    const deep = new Uint8Array(50_000 * 8);
    const view = new DataView(deep.buffer);
    for (let depth = 0; depth < 50_000; depth += 1) {
      view.setUint32(depth * 8, deep.length - depth * 8);
      view.setUint32(depth * 8 + 4, 0x6d646961);
    }
    await expectRefusal(concat(fileType, box('moov', deep)));
  });

  test('ten thousand tracks', () => {
    const tracks = words(...Array.from({ length: 10_000 }, () => [8, 0x7472616b]).flat());
    return expectRefusal(concat(fileType, box('moov', tracks)));
  });

  describe('in fragments', () => {
    const track = (flags: number, ...rest: readonly number[]) =>
      box('moof', box('traf', box('tfhd', words(0x20038, 1, 1, 1, 0)), box('trun', words(flags, ...rest))));
    const withFragment = async (fragment: Uint8Array, padding = 0) => {
      const bytes = await fixtures.fragmented.read();
      const end = positionOf(bytes, 'moof');
      return concat(bytes.subarray(0, end), box('free', new Uint8Array(padding)), fragment);
    };

    test('a run of samples that need no bytes', async () => expectRefusal(await withFragment(track(0, many))));

    test('a run that counts beyond its end', async () =>
      expectRefusal(await withFragment(track(0xf00, many, 1, 1, 1, 1))));

    test('many runs that are harmless one by one', async () => {
      const runs = Array.from({ length: 40 }, () => box('trun', words(0, 200_000)));
      const fragment = box('moof', box('traf', box('tfhd', words(0x20038, 1, 1, 1, 0)), ...runs));
      await expectRefusal(await withFragment(fragment));
    });

    test('two hundred thousand fragments in one piece, each with a run: looked through once', () => {
      const fragment = track(0, 1);
      const piece = new Uint8Array(fragment.length * 200_000);
      for (let at = 0; at < piece.length; at += fragment.length) piece.set(fragment, at);
      new FragmentGuard(piece.length).inspect(0, piece);
    });

    test('across any border between two pieces', async () => {
      for (let shift = 0; shift < 80; shift += 1) {
        const length = (await withFragment(track(0, many))).length;
        await expectRefusal(await withFragment(track(0, many), 65_536 - length + shift));
      }
    });
  });
});

describe('circles: files that lead a parser round and round', () => {
  test('Matroska with an element of impossible size', async () => {
    const bytes = await fixtures.matroska.read();
    // The first place is an entry of the index, the second the element itself.
    const id = new Uint8Array([0x15, 0x49, 0xa9, 0x66]);
    const info = Buffer.from(bytes.buffer).indexOf(id, Buffer.from(bytes.buffer).indexOf(id) + 1);
    bytes[info + 4] = 0;
    expect(await readVideoFile(byteReader(bytes))).toMatchObject({ isVideo: false, reason: 'too-complex' });
  });

  test('Matroska whose first element is junk up to the last eight bytes', async () => {
    const bytes = await fixtures.matroska.read();
    const segment = bytes.findIndex((byte, index) => byte === 0x18 && bytes[index + 1] === 0x53);
    const junk = new Uint8Array(70_000);
    const head = bytes.slice(0, segment + 12);
    new DataView(head.buffer).setBigUint64(segment + 4, 0x0100_0000_0000_0000n | BigInt(junk.length));
    const facts = await readVideoFile(byteReader(concat(head, junk, new Uint8Array(100))));
    expect(facts).toMatchObject({ isVideo: false, reason: 'too-complex' });
  });
});
