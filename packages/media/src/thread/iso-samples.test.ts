import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { box, concat, positionOf, words } from '../../test-support/boxes.ts';
import { byteReader } from '../../test-support/byte-reader.ts';
import { caseFile } from '../../test-support/case-file.ts';
import { probeVideo } from '../probe-video.ts';
import { ByteSource } from './byte-source.ts';
import type { Box } from './iso-boxes.ts';
import { samplesDuration } from './iso-samples.ts';

const MOVIE_SCALE = 1000;
const MEDIA_SCALE = 600;
const characters = (text: string) => new TextEncoder().encode(text);

interface Track {
  readonly handler?: string;
  /** Pairs of a number of samples and the ticks of each; null: no such table. */
  readonly times?: readonly (readonly [samples: number, ticks: number])[] | null;
  /** The number of entries that the table states. */
  readonly said?: number;
  /** Samples by the table of sizes; undefined: no such table. */
  readonly sizes?: number;
  readonly sizesType?: 'stsz' | 'stz2';
  /** Lengths of edits in ticks of the movie. */
  readonly edits?: readonly number[];
  readonly isLong?: boolean;
  readonly scale?: number;
}

function track({ handler = 'vide', times = [[90, 20]], said, sizes, sizesType = 'stsz', edits, ...rest }: Track) {
  const { isLong = false, scale = MEDIA_SCALE } = rest;
  const head = isLong ? words(0x01000000, 0, 0, 0, 0, scale, 0, 7) : words(0, 0, 0, scale, 7);
  const table = times && box('stts', words(0, said ?? times.length, ...times.flat()));
  const entry = (ticks: number) => (isLong ? words(0, ticks, 0, 0, 0x10000) : words(ticks, 0, 0x10000));
  return box(
    'trak',
    box('tkhd', words(0, 0, 0, 1, 0, 1)),
    ...(edits ? [box('edts', box('elst', words(isLong ? 0x01000000 : 0, edits.length), ...edits.map(entry)))] : []),
    box(
      'mdia',
      box('mdhd', head),
      box('hdlr', words(0, 0), characters(handler), words(0, 0, 0)),
      box(
        'minf',
        box('stbl', ...(table ? [table] : []), ...(sizes === undefined ? [] : [box(sizesType, words(0, 1, sizes))])),
      ),
    ),
  );
}

/** The play time of a movie of these tracks. */
function durationOf(...tracks: readonly Track[]): Promise<number | undefined> {
  return durationWith(...tracks.map(track));
}

/** The same for any boxes. */
function durationWith(...boxes: readonly Uint8Array[]): Promise<number | undefined> {
  return durationAmong(0, ...boxes);
}

/** The same when a parser has found so many tracks of picture or sound. */
function durationAmong(found: number, ...boxes: readonly Uint8Array[]): Promise<number | undefined> {
  const bytes = box('moov', box('mvhd', words(0, 0, 0, MOVIE_SCALE, 1)), ...boxes);
  const source = new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end));
  const movie: Box = { type: 'moov', start: 0, content: 8, end: bytes.length };
  return samplesDuration(source, movie, found);
}

describe('the samples of a film determine how long it plays', () => {
  test('their times are added up', async () => {
    expect(await durationOf({ times: [[90, 20]] })).toBe(3);
    expect(
      await durationOf({
        times: [
          [90, 20],
          [1, 300],
        ],
      }),
    ).toBe(3.5);
    expect(await durationOf({ times: [[90, 20]], isLong: true })).toBe(3);
  });

  test('the longest track of picture or sound counts, at any position; text, hints and time codes do not', async () => {
    expect(await durationOf({}, { handler: 'soun', times: [[300, 20]] })).toBe(10);
    expect(await durationOf({ handler: 'soun', times: [[300, 20]] }, {})).toBe(10);
    for (const handler of ['text', 'hint', 'tmcd']) {
      expect(await durationOf({}, { handler, times: [[300, 20]] })).toBe(3);
    }
  });

  test('a table of many pieces is read completely: 20 000 entries', async () => {
    expect(await durationOf({ times: Array.from({ length: 20_000 }, () => [1, 30] as const) })).toBe(1000);
  });

  test('no more entries are read than the table has space for, or than it states', async () => {
    expect(await durationOf({ times: [[90, 20]], said: 0xffffffff })).toBe(3);
    expect(
      await durationOf({
        times: [
          [90, 20],
          [90, 20],
        ],
        said: 1,
      }),
    ).toBe(3);
  });

  test.each(['stsz', 'stz2'] as const)(
    'samples that only %s counts take as long as the last one',
    async (sizesType) => {
      expect(await durationOf({ times: [[1, 20]], sizes: 90, sizesType })).toBe(3);
      expect(await durationOf({ times: [[90, 20]], sizes: 90, sizesType })).toBe(3);
      expect(await durationOf({ times: [[90, 20]], sizes: 1, sizesType })).toBe(3);
    },
  );

  test('a negative time counts as 0; the largest positive one counts', async () => {
    expect(
      await durationOf({
        times: [
          [90, 20],
          [1, 0xffffffff],
          [1, 0x80000000],
        ],
      }),
    ).toBe(3);
    expect(await durationOf({ times: [[1, 0x7fffffff]] })).toBeCloseTo(0x7fffffff / MEDIA_SCALE);
  });

  test.each([
    ['without a table of times', { times: null }],
    ['without ticks in a second', { scale: 0 }],
    ['that takes no time', { times: [] }],
  ] as const)('a track %s: unknown, never short', async (_, wrong) => {
    expect(await durationOf(wrong)).toBeUndefined();
  });

  test('one track that cannot be read makes the play time unknown, whatever the other track has', async () => {
    expect(await durationOf({}, { handler: 'soun', times: null })).toBeUndefined();
    expect(await durationOf({ times: null }, { handler: 'soun' })).toBeUndefined();
  });

  const nameless = concat(words(8), Uint8Array.of(1, 2, 3, 4));
  const tooMany = concat(...Array.from({ length: 2000 }, () => box('free')));
  test.each([
    ['a box without a name', nameless],
    ['more boxes than are read', tooMany],
  ])('%s may hide a longer track, or a part of a track: unknown, never short', async (_, hiding) => {
    const [short, long] = [track({}), track({ times: [[9000, 20]] })];
    expect(await durationWith(short, hiding, long)).toBeUndefined();
    const inside = concat(words(long.length + hiding.length), characters('trak'), hiding, long.subarray(8));
    expect(await durationWith(short, inside)).toBeUndefined();
  });

  describe('boxes that must be there only once', () => {
    const times = (samples: number) => box('stts', words(0, 1, samples, 20));
    const sizes = (type: string, samples: number) => box(type, words(0, 1, samples));
    const media = (...tables: readonly Uint8Array[]) => {
      const handler = box('hdlr', words(0, 0), characters('vide'), words(0, 0, 0));
      return box('mdia', box('mdhd', words(0, 0, 0, MEDIA_SCALE)), handler, box('minf', box('stbl', ...tables)));
    };
    const edits = (ticks: number) => box('edts', box('elst', words(0, 1, ticks, 0, 0x10000)));

    test.each([
      ['times', box('trak', media(times(90), times(9000)))],
      ['media', box('trak', media(times(90)), media(times(9000)))],
      ['edits', box('trak', edits(100), edits(9000), media(times(9000)))],
    ])('make the play time unknown when %s are there twice: players may use the other ones', async (_, twice) => {
      expect(await durationWith(twice)).toBeUndefined();
    });

    test('are used when they are there once; of the two kinds of sizes the larger number counts', async () => {
      expect(await durationWith(box('trak', media(times(90))))).toBe(3);
      for (const [first, second] of [[90, 900] as const, [900, 90] as const]) {
        const tables = [times(90), sizes('stsz', first), sizes('stz2', second)];
        expect(await durationWith(box('trak', media(...tables)))).toBe(30);
      }
    });
  });

  test('a track of picture or sound that only a parser has found may be longer', async () => {
    const [film, text] = [track({}), track({ handler: 'text', times: [[9000, 20]] })];
    expect(await durationAmong(1, film, text)).toBe(3);
    expect(await durationAmong(2, film, text)).toBeUndefined();
    expect(await durationAmong(2, film, text, film)).toBe(3);
    expect(await durationAmong(2, film, track({ handler: 'text', times: null }))).toBeUndefined();
    // Such as the depth of a picture, which cameras write beside it.
    const depth = (ticks: number) => track({ handler: 'auxv', times: [[1, ticks]] });
    expect(await durationAmong(2, film, depth(4 * MEDIA_SCALE))).toBe(3);
    expect(await durationAmong(2, film, depth(4 * MEDIA_SCALE + 1))).toBeUndefined();
    // One track that a parser reports as two.
    expect(await durationAmong(2, film)).toBe(3);
  });

  test('padding at the end, and an end too short for a box, hide nothing', async () => {
    for (const bytes of [0, 1, 4, 7, 8, 64]) expect(await durationWith(track({}), new Uint8Array(bytes))).toBe(3);
    for (const bytes of [1, 4, 7]) expect(await durationWith(track({}), new Uint8Array(bytes).fill(1))).toBe(3);
  });
});

describe('an edit list determines which samples are shown', () => {
  test.each([false, true])('its edits are added up (64 bits: %s)', async (isLong) => {
    expect(await durationOf({ edits: [1500], isLong })).toBe(1.5);
    expect(await durationOf({ edits: [1000, 500, 4000], isLong })).toBe(5.5);
  });

  test('edits of no length mean the whole', async () => {
    expect(await durationOf({ edits: [0] })).toBe(3);
    expect(await durationOf({ edits: [] })).toBe(3);
  });

  test('an edit whose bits are all 1 has an unknown length, and makes the play time unknown', async () => {
    const [ones, long] = [0xffffffff, (high: number, low: number) => words(0x01000000, 1, high, low, 0, 0, 0x10000)];
    expect(await durationOf({ edits: [1000, ones] })).toBeUndefined();
    expect(await durationOf({ edits: [ones - 1] })).toBe((ones - 1) / MOVIE_SCALE);
    const edited = (list: Uint8Array) => {
      const whole = track({});
      return durationWith(box('trak', box('edts', box('elst', list)), whole.subarray(8)));
    };
    expect(await edited(long(ones, ones))).toBeUndefined();
    expect(await edited(long(0, ones))).toBe(ones / MOVIE_SCALE);
    expect(await edited(long(ones, 0))).toBe((ones * 2 ** 32) / MOVIE_SCALE);
    expect(await edited(words(0, 1, ones, ones, 0x10000))).toBeUndefined();
  });
});

describe('the durations in headers, which may be forged, are not used', () => {
  /** The file with the duration in every such header set to a tick. */
  function forged(bytes: Uint8Array, names: readonly string[]): Uint8Array {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const name of names) {
      for (let at = 0; ; at += 8) {
        try {
          at = positionOf(bytes, name, at);
        } catch (error) {
          if (error instanceof RangeError) break;
          throw error;
        }
        view.setUint32(at + (name === 'tkhd' ? 28 : 24), 1);
      }
    }
    return bytes;
  }

  test.each([[['mvhd']], [['tkhd']], [['mdhd']], [['mvhd', 'tkhd', 'mdhd']]])('%j', async (names) => {
    for (const name of ['moovFirst', 'moovLast', 'quicktime'] as const) {
      const result = await probeVideo(byteReader(forged(await fixtures[name].read(), names)));
      expect(result.outcome === 'video' && result.durationSeconds).toBeCloseTo(fixtures[name].durationSeconds, 0);
    }
    const cut = await probeVideo(byteReader(forged(await caseFile('two-cuts-by-edit-list.mp4'), names)));
    expect(cut.outcome === 'video' && cut.durationSeconds).toBeCloseTo(2, 1);
  });

  test('a changed name of a track, which players play by its content', async () => {
    const bytes = await fixtures.moovFirst.read();
    new DataView(bytes.buffer).setUint32(positionOf(bytes, 'elst') + 16, 3_000_000);
    expect(await probeVideo(byteReader(bytes))).toMatchObject({ durationSeconds: 3000 });
    bytes.set(characters('text'), positionOf(bytes, 'hdlr') + 16);
    const result = await probeVideo(byteReader(bytes));
    expect(result).toMatchObject({ outcome: 'video', widthPixels: 320 });
    expect(result).not.toHaveProperty('durationSeconds');
  });

  test('an index that ends within its tables gives no play time', async () => {
    const bytes = await fixtures.moovLast.read();
    const cut = bytes.subarray(0, positionOf(bytes, 'stts') + 12);
    expect(await probeVideo(byteReader(cut))).not.toHaveProperty('durationSeconds');
  });
});
