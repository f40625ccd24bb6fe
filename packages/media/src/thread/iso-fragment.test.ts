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
/** Of one track from tick 100 on. */
const endOf = (header: Uint8Array, ...runs: readonly Uint8Array[]) =>
  spanOf(traf(header, tfdt(100), ...runs))?.endSeconds;

describe('how long a sample takes', () => {
  test('by the movie where the fragment says nothing', () => {
    expect(endOf(tfhd(0), trun(0, 4))).toBe(12);
  });

  test('by the header of the track, behind a data offset of 64 bits and an index, or without them', () => {
    expect(endOf(tfhd(0x8, 1, 7), trun(0, 10))).toBe(17);
    expect(endOf(tfhd(0x9, 1, 99, 99, 7), trun(0, 10))).toBe(17);
    expect(endOf(tfhd(0xa, 1, 99, 7), trun(0, 10))).toBe(17);
    expect(endOf(tfhd(0xb, 1, 99, 99, 99, 7), trun(0, 10))).toBe(17);
    // The flags that follow, and the version in front of them, move nothing.
    expect(endOf(tfhd(0x01020038, 1, 7, 99, 99), trun(0, 10))).toBe(17);
  });

  test('by its own entry, among up to three other fields, behind a data offset and the flags of the first sample', () => {
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

  test('a run that counts beyond its box is an error', () => {
    expect(() => endOf(tfhd(0), trun(0x100, 3, 3, 4))).toThrow(RangeError);
  });
});

describe('from when to when', () => {
  test('the decoding time has 32 bits, or 64', () => {
    expect(spanOf(traf(tfhd(0), tfdt(100), trun(0, 1)))).toEqual({ startSeconds: 10, endSeconds: 10.5 });
    const long = box('tfdt', words(0x01000000, 1, 4));
    expect(spanOf(traf(tfhd(0), long, trun(0, 1)))?.startSeconds).toBe((2 ** 32 + 4) / 10);
  });

  test('the tracks together: the first beginning and the last end, each by its own ticks', () => {
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

  test('a track that the movie does not know, or without a decoding time, says nothing', () => {
    expect(spanOf(traf(tfhd(0, 3), tfdt(100), trun(0, 4)))).toBeUndefined();
    expect(spanOf(traf(tfhd(0), trun(0, 4)))).toBeUndefined();
    expect(spanOf(traf(tfdt(100), trun(0, 4)))).toBeUndefined();
    expect(spanOf(box('free'), traf(tfhd(0), tfdt(100), trun(0, 4)))?.endSeconds).toBe(12);
  });

  test('nor does the fragment as a whole where one of its tracks plays at a time that it does not say', () => {
    const good = traf(tfhd(0), tfdt(100), trun(0, 4));
    for (const silent of [
      traf(tfhd(0x8, 2, 50), trun(0, 10)),
      traf(tfhd(0), trun(0x100, 1, 3)),
      traf(tfdt(0), trun(0, 4), tfhd(0)),
    ]) {
      expect(spanOf(good, silent)).toBeUndefined();
      expect(spanOf(silent, good)).toBeUndefined();
    }
    // What plays nothing, or belongs to no track, takes no time.
    for (const idle of [traf(tfhd(0, 2)), traf(tfhd(0, 2), trun(0, 4)), traf(tfhd(0, 3), trun(0, 4))]) {
      expect(spanOf(good, idle)?.endSeconds).toBe(12);
      expect(spanOf(idle, good)?.endSeconds).toBe(12);
    }
  });

  test('nor where players may take a header or a time from different boxes', () => {
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
    // Boxes of other kinds change nothing, wherever they stand, and all runs count.
    const clear = traf(box('free'), tfhd(0), box('sdtp'), tfdt(100), trun(0, 2), box('sgpd'), trun(0, 2), box('free'));
    expect(spanOf(clear)).toEqual({ startSeconds: 10, endSeconds: 12 });
  });

  test('a box that is too short, reaches beyond its fragment, or has a size of its own kind is an error, and hides nothing', () => {
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

  test('less than a box, and zeros, are padding', () => {
    const good = traf(tfhd(0), tfdt(100), trun(0, 4));
    for (const bytes of [7, 8, 16, 30]) expect(spanOf(good, new Uint8Array(bytes))?.endSeconds).toBe(12);
  });
});
