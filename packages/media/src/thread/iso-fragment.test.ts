import { describe, expect, test } from 'vitest';
import { box, concat, words } from '../../test-support/boxes.ts';
import { fragmentSpan } from './iso-fragment.ts';

const tracks = new Map([
  [1, { timescale: 10, defaultDuration: 5 }],
  [2, { timescale: 100, defaultDuration: 0 }],
]);
const tfhd = (flags: number, id = 1, ...fields: readonly number[]) => box('tfhd', words(flags, id, ...fields));
const tfdt = (ticks: number) => box('tfdt', words(0, ticks));
const trun = (flags: number, samples: number, ...fields: readonly number[]) =>
  box('trun', words(flags, samples, ...fields));
const traf = (...boxes: readonly Uint8Array[]) => box('traf', ...boxes);
const spanOf = (...boxes: readonly Uint8Array[]) =>
  fragmentSpan(box('moof', box('mfhd', words(0, 1)), ...boxes), tracks);
/** The end of a fragment of one track that begins at tick 100. */
const endOf = (header: Uint8Array, ...runs: readonly Uint8Array[]) =>
  spanOf(traf(header, tfdt(100), ...runs))?.endSeconds;

describe('the duration of a sample', () => {
  test('is that of the movie when the fragment has none', () => {
    expect(endOf(tfhd(0), trun(0, 4))).toBe(12);
  });

  test('is that of the header of the track, after a 64-bit data offset and an index, or without them', () => {
    expect(endOf(tfhd(0x8, 1, 7), trun(0, 10))).toBe(17);
    expect(endOf(tfhd(0x9, 1, 99, 99, 7), trun(0, 10))).toBe(17);
    expect(endOf(tfhd(0xa, 1, 99, 7), trun(0, 10))).toBe(17);
    expect(endOf(tfhd(0xb, 1, 99, 99, 99, 7), trun(0, 10))).toBe(17);
    // Other flags, and the version before them, do not change the position.
    expect(endOf(tfhd(0x01020038, 1, 7, 99, 99), trun(0, 10))).toBe(17);
  });

  test('is that of its own entry, among up to three other fields, after a data offset and the flags of the first sample', () => {
    expect(endOf(tfhd(0), trun(0x100, 2, 3, 4))).toBe(10.7);
    expect(endOf(tfhd(0), trun(0xf00, 2, 3, 99, 99, 99, 4, 99, 99, 99))).toBe(10.7);
    for (const flag of [0x200, 0x400, 0x800]) {
      expect(endOf(tfhd(0), trun(0x100 | flag, 2, 3, 99, 4, 99))).toBe(10.7);
      expect(endOf(tfhd(0x8, 1, 7), trun(flag, 2, 99, 99))).toBe(11.4);
    }
    expect(endOf(tfhd(0), trun(0x101, 2, 99, 3, 4))).toBe(10.7);
    expect(endOf(tfhd(0), trun(0x104, 2, 99, 3, 4))).toBe(10.7);
    expect(endOf(tfhd(0), trun(0x105, 2, 99, 99, 3, 4))).toBe(10.7);
  });

  test('all runs of a track follow one another', () => {
    expect(endOf(tfhd(0), trun(0x100, 1, 3), trun(0, 2))).toBe(11.3);
  });

  test('a run whose count exceeds its box is an error', () => {
    expect(() => endOf(tfhd(0), trun(0x100, 3, 3, 4))).toThrow(RangeError);
  });
});

describe('the span of a fragment', () => {
  test('begins at a decoding time of 32 or of 64 bits', () => {
    expect(spanOf(traf(tfhd(0), tfdt(100), trun(0, 1)))).toEqual({ startSeconds: 10, endSeconds: 10.5 });
    const long = box('tfdt', words(0x01000000, 1, 4));
    expect(spanOf(traf(tfhd(0), long, trun(0, 1)))?.startSeconds).toBe((2 ** 32 + 4) / 10);
  });

  test('is from the earliest start to the latest end of its tracks, each by its own ticks', () => {
    const one = traf(tfhd(0), tfdt(100), trun(0, 4));
    const other = traf(tfhd(0x8, 2, 50), tfdt(900), trun(0, 10));
    for (const both of [
      [one, other],
      [other, one],
    ]) {
      expect(spanOf(...both)).toEqual({ startSeconds: 9, endSeconds: 14 });
    }
    const longer = traf(tfhd(0), tfdt(100), trun(0, 40));
    expect(spanOf(longer, other)).toEqual({ startSeconds: 9, endSeconds: 30 });
  });

  test('is unknown for a track that the movie does not describe, or that has no decoding time', () => {
    expect(spanOf(traf(tfhd(0, 3), tfdt(100), trun(0, 4)))).toBeUndefined();
    expect(spanOf(traf(tfhd(0), trun(0, 4)))).toBeUndefined();
    expect(spanOf(traf(tfdt(100), trun(0, 4)))).toBeUndefined();
    expect(spanOf(box('free'), traf(tfhd(0), tfdt(100), trun(0, 4)))?.endSeconds).toBe(12);
  });

  test('is unknown when one of its tracks plays without a decoding time', () => {
    const good = traf(tfhd(0), tfdt(100), trun(0, 4));
    for (const silent of [
      traf(tfhd(0x8, 2, 50), trun(0, 10)),
      traf(tfhd(0), trun(0x100, 1, 3)),
      traf(tfdt(0), trun(0, 4), tfhd(0)),
    ]) {
      expect(spanOf(good, silent)).toBeUndefined();
      expect(spanOf(silent, good)).toBeUndefined();
    }
    // A track fragment without samples, or one that belongs to no track, does not matter.
    for (const idle of [traf(tfhd(0, 2)), traf(tfhd(0, 2), trun(0, 4)), traf(tfhd(0, 3), trun(0, 4))]) {
      expect(spanOf(good, idle)?.endSeconds).toBe(12);
      expect(spanOf(idle, good)?.endSeconds).toBe(12);
    }
  });

  test('is unknown when players may use different boxes for a header or a time', () => {
    const good = traf(tfhd(0), tfdt(100), trun(0, 4));
    const run = trun(0, 100_000);
    for (const unclear of [
      traf(tfhd(0), tfdt(0), run, tfhd(0, 99)),
      traf(tfhd(0, 99), tfhd(0), tfdt(0), run),
      traf(tfhd(0), tfdt(0), tfhd(0), run),
      traf(tfhd(0), tfdt(1_000_000), run, tfdt(0)),
      traf(tfhd(0), tfdt(1_000_000), tfdt(0), run),
      traf(tfhd(0), run, tfdt(0)),
      traf(tfdt(0), tfhd(0), run),
      traf(run),
      traf(run, tfhd(0)),
      traf(run, tfhd(0, 99)),
    ]) {
      expect(spanOf(unclear)).toBeUndefined();
      expect(spanOf(good, unclear)).toBeUndefined();
      expect(spanOf(unclear, good)).toBeUndefined();
    }
    // Boxes of other kinds change nothing, at any position, and all runs count.
    const clear = traf(box('free'), tfhd(0), box('sdtp'), tfdt(100), trun(0, 2), box('sgpd'), trun(0, 2), box('free'));
    expect(spanOf(clear)).toEqual({ startSeconds: 10, endSeconds: 12 });
  });

  test('a box that is too short, reaches beyond its fragment, or has a special size is an error, and hides nothing', () => {
    const good = traf(tfhd(0), tfdt(100), trun(0, 4));
    const free = new TextEncoder().encode('free');
    const [short, beyond, toTheEnd] = [7, good.length + 1, 0].map((size) => concat(words(size), good.subarray(4)));
    const large = concat(words(1), free, words(0, 16));
    for (const unread of [concat(words(7), free), short, beyond, toTheEnd, large] as const) {
      expect(() => spanOf(unread ?? good, good)).toThrow(RangeError);
      expect(() => spanOf(good, unread ?? good)).toThrow(RangeError);
      expect(() => spanOf(traf(tfhd(0), tfdt(100), trun(0, 4), unread ?? good), good)).toThrow(RangeError);
    }
  });

  test('fewer bytes than a box has, and zeros, are padding', () => {
    const good = traf(tfhd(0), tfdt(100), trun(0, 4));
    for (const bytes of [7, 8, 16, 30]) expect(spanOf(good, new Uint8Array(bytes))?.endSeconds).toBe(12);
  });
});
