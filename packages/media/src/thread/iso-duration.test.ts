import { describe, expect, test } from 'vitest';
import { box, concat, positionOf, words } from '../../test-support/boxes.ts';
import { fragmentIndex } from '../../test-support/fragment-index.ts';
import { ByteSource } from './byte-source.ts';
import { fragmentedDuration } from './iso-duration.ts';
import { isoLayout } from './iso-layout.ts';

const MiB = 1024 * 1024;
const text = (characters: string) => new TextEncoder().encode(characters);

interface Track {
  readonly id?: number;
  /** Version of `tkhd` and of `mdhd`. */
  readonly versions?: readonly [0 | 1, 0 | 1];
  readonly timescale?: number;
  /** Samples that `moov` itself holds. */
  readonly samples?: number;
}

function track({ id = 1, versions: [ofTrack, ofMedia] = [0, 0], timescale = 10, samples = 0 }: Track = {}) {
  const header = ofTrack === 1 ? words(0x01000000, 0, 77, 0, 77, id) : words(0, 77, 77, id);
  const media = ofMedia === 1 ? words(0x01000000, 0, 77, 0, 77, timescale) : words(0, 77, 77, timescale);
  const table = box('stbl', box('stsz', words(0, 0, samples)));
  return box('trak', box('tkhd', header), box('mdia', box('mdhd', media), box('minf', table)));
}
/** A track of pictures with these tables. */
const sampled = (...tables: readonly Uint8Array[]) => {
  const handler = box('hdlr', words(0, 0), text('vide'), words(0, 0, 0));
  const content = [box('mdhd', words(0, 77, 77, 10)), handler, box('minf', box('stbl', ...tables))];
  return box('trak', box('tkhd', words(0, 77, 77, 1)), box('mdia', ...content));
};
/** The same as track 2. */
const second = (bytes: Uint8Array) => {
  const copy = concat(bytes);
  copy.set(words(2), positionOf(copy, 'tkhd') + 20);
  return copy;
};
/** A movie that announces fragments; a sample takes 5 ticks. */
const movie = (...tracks: readonly Uint8Array[]) =>
  concat(box('ftyp', text('isom'), words(0)), box('moov', ...tracks, box('mvex', box('trex', words(0, 1, 1, 5)))));
/** A fragment of track 1: so many samples of 5 ticks from a tick on. */
const fragment = (base: number, samples: number, ...more: readonly Uint8Array[]) =>
  box(
    'moof',
    box('traf', box('tfhd', words(0, 1)), box('tfdt', words(0, base)), box('trun', words(0, samples))),
    ...more,
  );
const media = box('mdat', new Uint8Array(100));

function durationOf(...parts: readonly Uint8Array[]): Promise<number | undefined> {
  return durationAmong(0, ...parts);
}

/** The same when a parser has found so many tracks of picture or sound. */
async function durationAmong(found: number, ...parts: readonly Uint8Array[]): Promise<number | undefined> {
  const bytes = concat(...parts);
  const source = new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end));
  const layout = await isoLayout(source);
  return layout && fragmentedDuration(source, layout, found);
}
const first = fragment(1000, 2);

describe('the play time of a fragmented film', () => {
  test('is from the earliest start to the latest end', async () => {
    expect(await durationOf(movie(track()), first, media)).toBe(1);
    expect(await durationOf(movie(track()), first, media, fragment(1100, 4), media)).toBe(12);
    expect(await durationOf(movie(track()), first, media, fragment(1100, 4), media, fragment(1050, 2))).toBe(12);
  });

  test('begins at 0 when the movie itself has samples', async () => {
    expect(await durationOf(movie(track({ samples: 1 })), first, media)).toBe(101);
  });

  test('is not less than that of the samples in the movie, whatever the times of its fragments are', async () => {
    for (const sizes of ['stsz', 'stz2']) {
      const film = sampled(box('stts', words(0, 1, 3600, 10)), box(sizes, words(0, 0, 3600)));
      expect(await durationOf(movie(film), fragment(0, 2), media)).toBe(3600);
      expect(await durationOf(movie(film), fragment(36_000, 2), media)).toBe(3601);
    }
  });

  test('is unknown when a track with samples in the movie has no times, or is longer and has another name', async () => {
    const film = sampled(box('stts', words(0, 1, 3600, 10)), box('stsz', words(0, 0, 3600)));
    const timeless = sampled(box('stsz', words(0, 0, 3600)));
    expect(await durationOf(movie(film, second(timeless)), fragment(0, 2), media)).toBeUndefined();
    expect(await durationAmong(1, movie(film), fragment(0, 2), media)).toBe(3600);
    const named = concat(film);
    named.set(text('text'), positionOf(named, 'hdlr') + 16);
    const short = sampled(box('stts', words(0, 1, 3, 10)), box('stsz', words(0, 0, 3)));
    expect(await durationAmong(1, movie(short, second(named)), fragment(0, 2), media)).toBe(3);
    expect(await durationAmong(2, movie(short, second(named)), fragment(0, 2), media)).toBeUndefined();
  });

  test('is unknown when a track may not have been found', async () => {
    const nameless = concat(words(8), Uint8Array.of(1, 2, 3, 4));
    expect(await durationOf(movie(track(), nameless, track({ id: 2 })), first, media)).toBeUndefined();
    expect(await durationOf(movie(track(), new Uint8Array(4)), first, media)).toBeUndefined();
  });

  test.each([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const)('reads headers of version %i of the track and %i of the media', async (...versions) => {
    expect(await durationOf(movie(track({ versions, timescale: 20 })), first, media)).toBe(0.5);
  });

  test('is unknown when nothing plays, no track has ticks, or there is no fragment', async () => {
    expect(await durationOf(movie(track()), fragment(1000, 0), media)).toBeUndefined();
    expect(await durationOf(movie(track({ timescale: 0 })), first, media)).toBeUndefined();
    expect(await durationOf(movie(track({ id: 2 })), first, media)).toBeUndefined();
    expect(await durationOf(movie(track()), media)).toBeUndefined();
    expect(await durationOf(first, media)).toBeUndefined();
  });

  test('is unknown when the movie describes a track twice, or one of its tracks has no ticks', async () => {
    const film = [first, media, fragment(1100, 4), media];
    expect(await durationOf(movie(track(), track({ id: 2 })), ...film)).toBe(12);
    expect(await durationOf(movie(track(), track({ id: 2, timescale: 0 })), ...film)).toBeUndefined();
    expect(await durationOf(movie(track(), track({ timescale: 1000 })), ...film)).toBeUndefined();
    const trex = (duration: number) => box('trex', words(0, 1, 1, duration));
    const twice = box('moov', track(), box('mvex', trex(5000), trex(5)));
    expect(await durationOf(box('ftyp', text('isom'), words(0)), twice, ...film)).toBeUndefined();
  });

  test('is unknown when a fragment plays a track without stating its time', async () => {
    const silent = box('traf', box('tfhd', words(0, 2)), box('trun', words(0x100, 1, 36_000)));
    const last = (...more: readonly Uint8Array[]) => [first, media, fragment(1100, 4, ...more), media];
    expect(await durationOf(movie(track(), track({ id: 2 })), ...last(silent))).toBeUndefined();
    expect(await durationOf(movie(track()), ...last(silent))).toBe(12);
    const hidden = concat(words(1), text('free'), words(0, 16), silent);
    expect(await durationOf(movie(track(), track({ id: 2 })), ...last(hidden))).toBeUndefined();
  });
});

describe('the last fragments are those from which boxes follow one another to the end of the file', () => {
  const start = [movie(track()), first, media];

  test('also when the file ends with an empty box, with media of unknown size or with a 64-bit size', async () => {
    const last = fragment(1100, 4);
    expect(await durationOf(...start, last, box('free'))).toBe(12);
    expect(await durationOf(...start, last, words(0), text('mdat'), new Uint8Array(50))).toBe(12);
    const large = concat(words(1), text('mdat'), words(0, 20), new Uint8Array(4));
    expect(await durationOf(...start, last, large)).toBe(12);
    expect(await durationOf(...start, last, large, last, media)).toBe(12);
  });

  test('a film that was cut off within the media of its last fragment ends with that fragment', async () => {
    expect(await durationOf(...start, fragment(1100, 4), media.subarray(0, 60))).toBe(12);
    expect(await durationOf(...start, fragment(1100, 4), media.subarray(0, 8))).toBe(12);
  });

  test('a film that was cut off within another box is not measured by the fragments before it', async () => {
    for (const cut of [fragment(1100, 4).subarray(0, 30), media.subarray(0, 7), words(7), text('end')]) {
      expect(await durationOf(...start, cut)).toBeUndefined();
    }
  });

  test('bytes within media that look like a fragment are not one', async () => {
    const forged = box('mdat', fragment(90_000, 2), fragment(80_000, 1).subarray(0, 30), new Uint8Array(9));
    expect(await durationOf(movie(track()), first, forged, fragment(1100, 4), media)).toBe(12);
    // At the very end of the file a complete one cannot be distinguished from a real fragment.
    expect(await durationOf(movie(track()), first, box('mdat', text('moof'), new Uint8Array(9)))).toBe(1);
  });

  test('the last fragment is searched in larger and larger pieces of the end', async () => {
    for (const [bytes, seconds] of [
      [1 * MiB, 12],
      [4 * MiB, 12],
      [9 * MiB, undefined],
    ] as const) {
      const end = box('mdat', new Uint8Array(bytes));
      expect(await durationOf(...start, box('free', new Uint8Array(9 * MiB)), fragment(1100, 4), end)).toBe(seconds);
    }
  });
});

describe('the end of a film whose last fragments are too large for that search', () => {
  const large = box('mdat', new Uint8Array(9 * MiB));
  const start = concat(movie(track()), first, media);
  const [one, other] = [concat(fragment(1100, 4), large), concat(fragment(1050, 2), large)];
  const tail = start.length + one.length;

  test('is that of all fragments from the position in its index on', async () => {
    expect(await durationOf(start, one, fragmentIndex([[start.length]]))).toBe(12);
    expect(await durationOf(start, one, other, fragmentIndex([[tail], [start.length]]))).toBe(12);
    expect(await durationOf(start, one, other, fragmentIndex([[tail]]))).toBe(6);
  });

  test('is that of the only fragment, to which the index refers', async () => {
    const film = movie(track());
    expect(await durationOf(film, first, large, fragmentIndex([[film.length]]))).toBe(1);
  });

  test('is unknown when the fragments from there on do not end with the film', async () => {
    const inside = start.length + fragment(1100, 4).length;
    for (const place of [0, inside, tail]) {
      expect(await durationOf(start, one, fragmentIndex([[place]]))).toBeUndefined();
    }
    expect(await durationOf(start, one, other, fragmentIndex([[inside]]))).toBeUndefined();
    const beyond = concat(words(large.length + 1000), large.subarray(4));
    expect(await durationOf(start, fragment(1100, 4), beyond, fragmentIndex([[start.length]]))).toBeUndefined();
  });

  test('is unknown when one of these fragments does not state its time, since it may play last', async () => {
    const silent = concat(box('moof', box('free', new Uint8Array(20))), large);
    expect(await durationOf(start, one, silent, fragmentIndex([[start.length]]))).toBeUndefined();
    // An index that refers to a later fragment does not include this one.
    const seen = concat(box('moof', box('free', new Uint8Array(20))), media);
    const behind = fragmentIndex([[start.length + seen.length]]);
    expect(await durationOf(start, seen, fragment(1100, 4), media, behind)).toBeUndefined();
    expect(
      await durationOf(start, fragment(1100, 4), media, box('moof', box('free', new Uint8Array(20))), media),
    ).toBeUndefined();
  });
});

describe('a first fragment that is not read', () => {
  const padding = (bytes: number) => box('free', new Uint8Array(bytes));
  const bytesOf = fragment(1000, 2).length + 8;

  test('of more than 4 MiB', async () => {
    const largest = fragment(1000, 2, padding(4 * MiB - bytesOf));
    expect(largest).toHaveLength(4 * MiB);
    expect(await durationOf(movie(track()), largest, media, first, media)).toBe(1);
    const larger = fragment(1000, 2, padding(4 * MiB - bytesOf + 1));
    expect(await durationOf(movie(track()), larger, media, first, media)).toBeUndefined();
  });

  test('that ends beyond the file, or whose count exceeds its own size', async () => {
    expect(await durationOf(movie(track()), first.subarray(0, first.length - 1))).toBeUndefined();
    const miscounting = box(
      'moof',
      box('traf', box('tfhd', words(0, 1)), box('tfdt', words(0, 1000)), box('trun', words(0x100, 9, 1))),
    );
    expect(await durationOf(movie(track()), miscounting, media, first, media)).toBeUndefined();
    expect(await durationOf(movie(track()), first, media, miscounting, media)).toBeUndefined();
  });
});
