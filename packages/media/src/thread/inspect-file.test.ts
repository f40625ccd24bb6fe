import { describe, expect, test } from 'vitest';
import { box, concat, words } from '../../test-support/boxes.ts';
import { element, short } from '../../test-support/elements.ts';
import { anything, film, general, inspected, picture, text } from '../../test-support/inspected.ts';
import { ByteSource, ReadLimitError } from './byte-source.ts';
import { inspectFile } from './inspect-file.ts';
import type { ParsedFile, ParsedTrack } from './parser.ts';

const MiB = 1024 * 1024;

describe('play time', () => {
  test.each([
    ['AVI', true, 5],
    ['AVI', false, 5],
    ['MXF', false, 5],
    ['Ogg', false, 5],
    ['Windows Media', false, 5],
    ['MPEG-TS', false, 5],
    ['MPEG-PS', false, 5],
    ['Flash Video', true, 5],
    ['Flash Video', false, undefined],
    ['MPEG Video', true, 5],
    ['MPEG Video', false, undefined],
    ['DV', false, undefined],
    ['Something else', false, undefined],
  ])('of %s, parsed to the end: %s', async (format, isFinished, seconds) => {
    expect((await inspected(anything, [{ tracks: film(format, '5.0'), isFinished }])).seconds).toBe(seconds);
  });

  test.each(['0', '-1', 'x', undefined])('that is stated as %s is unknown', async (stated) => {
    expect((await inspected(anything, [{ tracks: film('AVI', stated) }])).finding).not.toHaveProperty(
      'durationSeconds',
    );
  });

  describe('of Matroska', () => {
    const block = (ticks: number) => short(0xa3, 0x81, ticks >> 8, ticks & 255, 0x80, 1);
    const cluster = element(0x1f43b675, short(0xe7, 0), block(0), block(4000));
    const bytes = new Uint8Array(Buffer.concat([element(0x1a45dfa3), element(0x18538067, cluster)]));
    const seconds = async (stated: string | undefined, more: object = {}, file = bytes) =>
      (await inspected(file, [{ tracks: film('Matroska', stated, more) }])).seconds;

    test('is that of the header when the blocks agree with it to a second; else that of the blocks and one picture', async () => {
      expect(await seconds('4.04')).toBe(4.04);
      expect(await seconds('4.999')).toBe(4.999);
      expect(await seconds('3.001')).toBe(3.001);
      expect(await seconds('5')).toBe(4);
      expect(await seconds('3')).toBe(4);
      expect(await seconds('1', { FrameRate: '25.000' })).toBe(4.04);
      expect(await seconds(undefined, { FrameRate: '1' })).toBe(5);
      expect(await seconds(undefined, { FrameRate: '0.9' })).toBe(4);
    });

    test('is that of the header for a single picture, and unknown when no block was found', async () => {
      const still = element(0x18538067, element(0x1f43b675, short(0xe7, 0), block(0)));
      const ofOne = new Uint8Array(Buffer.concat([element(0x1a45dfa3), still]));
      expect(await seconds('9', {}, ofOne)).toBe(9);
      expect(await seconds(undefined, {}, ofOne)).toBeUndefined();
      expect(await seconds('9', {}, anything)).toBeUndefined();
      const hidden = new Uint8Array(Buffer.concat([bytes, element(0xec, new Uint8Array(9 * MiB))]));
      expect(await seconds('3', {}, hidden)).toBeUndefined();
    });
  });

  describe('of a fragmented film', () => {
    const track = box('trak', box('tkhd', words(0, 0, 0, 1)), box('mdia', box('mdhd', words(0, 0, 0, 10))));
    const movie = box('moov', track, box('mvex', box('trex', words(0, 1, 1, 5))));
    const fragment = (ticks: number) =>
      box('moof', box('traf', box('tfhd', words(0, 1)), box('tfdt', words(0, ticks)), box('trun', words(0, 2))));
    const head = concat(box('ftyp', text('isom'), words(0)), movie);
    const seconds = async (bytes: Uint8Array, stated: string, isFinished: boolean) =>
      (await inspected(bytes, [{ tracks: film('MPEG-4', stated), isFinished }])).seconds;

    test('is the longer of the time by its two ends and the sum of a parser that came to the end', async () => {
      const bytes = concat(head, fragment(0), fragment(30));
      expect(await seconds(bytes, '2', true)).toBe(4);
      expect(await seconds(bytes, '9', true)).toBe(9);
      expect(await seconds(bytes, '9', false)).toBe(4);
    });

    test('is the sum of the parser when the ends have no times, and unknown when the parser was stopped', async () => {
      const bytes = concat(head, fragment(0), new Uint8Array(9).fill(2));
      expect(await seconds(bytes, '2', true)).toBe(2);
      expect(await seconds(bytes, '2', false)).toBeUndefined();
    });
  });

  test('of a film without fragments is that of its samples, whatever the parser returns', async () => {
    const bytes = concat(box('ftyp', text('isom'), words(0)), box('moov', box('mvhd', words(0, 0, 0, 1000, 9000))));
    expect((await inspected(bytes, [{ tracks: film('MPEG-4', '9') }])).finding).not.toHaveProperty('durationSeconds');
  });

  test('of a film that announces fragments is unknown when they may come after bytes that are not boxes', async () => {
    const table = box('stbl', box('stts', words(0, 1, 3, 10)));
    const handler = box('hdlr', words(0, 0), text('vide'), words(0, 0, 0));
    const track = box('trak', box('mdia', box('mdhd', words(0, 0, 0, 10)), handler, box('minf', table)));
    const movie = box('moov', track, box('mvex', box('trex', words(0, 1, 1, 5))));
    const head = concat(box('ftyp', text('isom'), words(0)), movie);
    const seconds = async (...more: readonly Uint8Array[]) =>
      (await inspected(concat(head, ...more), [{ tracks: film('MPEG-4', '9') }])).seconds;
    expect(await seconds(box('mdat', words(0)))).toBe(3);
    expect(await seconds(concat(words(8), Uint8Array.of(1, 2, 3, 4)), box('moof'))).toBeUndefined();
  });

  test('of a film is unknown when a longer track is of picture or sound by its content but not by its name', async () => {
    const track = (name: string, samples: number) => {
      const tables = box('minf', box('stbl', box('stts', words(0, 1, samples, 10))));
      const handler = box('hdlr', words(0, 0), text(name), words(0, 0, 0));
      return box('trak', box('mdia', box('mdhd', words(0, 0, 0, 10)), handler, tables));
    };
    const bytes = concat(box('ftyp', text('isom'), words(0)), box('moov', track('vide', 3), track('text', 90)));
    const seconds = async (...more: readonly ParsedTrack[]) =>
      (await inspected(bytes, [{ tracks: [...film('MPEG-4', '9'), ...more] }])).seconds;
    expect(await seconds({ '@type': 'Text' })).toBe(3);
    expect(await seconds({ '@type': 'Audio' })).toBeUndefined();
    expect(await seconds(picture)).toBeUndefined();
  });

  test('that would need more reading than is allowed is absent, and the file is still a video', async () => {
    const segment = element(0x18538067, element(0xec, new Uint8Array(MiB)), element(0x1f43b675));
    const bytes = new Uint8Array(Buffer.concat([element(0x1a45dfa3), segment]));
    const { finding } = await inspected(bytes, [{ tracks: film('Matroska', '9') }], 300_000);
    expect(finding).toMatchObject({ outcome: 'video', container: 'matroska' });
    expect(finding).not.toHaveProperty('durationSeconds');
  });
});

describe('the parser is fed', () => {
  test('with a megabyte from where it wants it, and with the whole box of the tracks', async () => {
    const bytes = concat(box('ftyp', text('isom'), words(0)), box('moov', new Uint8Array(4)), box('mdat'));
    const { plans } = await inspected(bytes, [{ tracks: film('MPEG-4') }]);
    expect(plans).toMatchObject([
      { skipsFirstBox: false, headBytes: MiB, tailBytes: 0, whole: { type: 'moov', start: 16, end: 28 } },
    ]);
    const behind = await inspected(concat(box('uuid'), bytes), [{ tracks: film('MPEG-4') }]);
    expect(behind.plans).toMatchObject([{ skipsFirstBox: true }]);
  });

  test.each([
    ['MPEG-TS', { headBytes: MiB, tailBytes: MiB }],
    ['MPEG-PS', { headBytes: MiB, tailBytes: MiB }],
    ['Flash Video', { headBytes: 8 * MiB, tailBytes: 0 }],
  ])('again and with more bytes when it was stopped in %s', async (format, second) => {
    const stopped = { tracks: film(format, '1'), isFinished: false };
    const { plans, seconds } = await inspected(anything, [stopped, { tracks: film(format, '7') }]);
    expect(plans).toMatchObject([{ headBytes: MiB, tailBytes: 0 }, second]);
    expect(seconds).toBe(7);
    expect((await inspected(anything, [{ ...stopped, isFinished: true }])).plans).toHaveLength(1);
  });

  test('only once with other formats', async () => {
    expect((await inspected(anything, [{ tracks: film('AVI', '1'), isFinished: false }])).plans).toHaveLength(1);
  });
});

describe('the container', () => {
  test.each([
    ['MPEG-4', 'mp4'],
    ['QuickTime', 'mp4'],
    ['WebM', 'webm'],
    ['BDAV', 'mpeg-ts'],
    ['DV', 'dv'],
    ['Something else', 'mp4'],
  ])('%s in a file of the brand isom: %s', async (format, container) => {
    const bytes = concat(box('ftyp', text('isom'), words(0)), box('moov'));
    expect((await inspected(bytes, [{ tracks: film(format) }])).finding).toMatchObject({ container });
  });

  test.each(['MPEG-4', 'QuickTime'])('%s is QuickTime by its brand, or without one', async (format) => {
    for (const head of [box('ftyp', text('qt  '), words(0)), box('wide')]) {
      const { finding } = await inspected(concat(head, box('moov')), [{ tracks: film(format) }]);
      expect(finding).toMatchObject({ container: 'quicktime' });
    }
  });
});

describe('the codecs', () => {
  const codecs = async (...tracks: readonly ParsedTrack[]) => {
    const { finding } = await inspected(anything, [{ tracks: [general('WebM'), ...tracks] }]);
    const { videoCodec, audioCodec } = { videoCodec: 'absent', audioCodec: 'absent', ...finding };
    return [videoCodec, audioCodec];
  };

  test('are those of the picture and of the first sound; a codec without a name is absent', async () => {
    const other: ParsedTrack = { '@type': 'Text', Format: 'FLAC' };
    const sound = (Format: string): ParsedTrack => ({ '@type': 'Audio', Format });
    expect(await codecs({ ...picture, Format: 'VP8' }, other, sound('Opus'), sound('Vorbis'))).toEqual(['vp8', 'opus']);
    expect(await codecs({ ...picture, Format: 'ProRes' }, sound('PCM'))).toEqual(['absent', 'absent']);
    expect(await codecs({ ...picture, Format: 'VP9' }, other)).toEqual(['vp9', 'absent']);
  });
});

test('a file with only a picture is a video of unknown format and duration', async () => {
  expect((await inspected(anything, [{ tracks: [picture] }])).finding).toEqual({
    ...{ outcome: 'video', container: 'other', widthPixels: 320, heightPixels: 180, rotationDegrees: 0 },
  });
});

describe('a film of the family of MP4', () => {
  const table = box('stbl', box('stts', words(0, 1, 3, 10)));
  const handler = box('hdlr', words(0, 0), text('vide'), words(0, 0, 0));
  const track = box('trak', box('mdia', box('mdhd', words(0, 0, 0, 10)), handler, box('minf', table)));
  const movie = box('moov', box('mvhd', words(0, 0, 0, 10, 99)), track);
  const ofBrand = (brand: string) => concat(box('ftyp', text(brand), words(0)), movie);

  // For a brand that it does not know, the parser returns the brand as the format.
  test.each([...(['iso6', 'dash', 'cmfc', 'XAVC', 'pana', 'F4V ', '3g2b', '????'] as const)])(
    'has the brand %s and is MP4',
    async (brand) => {
      const { finding } = await inspected(ofBrand(brand), [{ tracks: film(brand, '9') }]);
      expect(finding).toMatchObject({ outcome: 'video', container: 'mp4', durationSeconds: 3 });
    },
  );

  test('is QuickTime without a brand, whatever the parser returns', async () => {
    const { finding } = await inspected(movie, [{ tracks: film('abcd', '9') }]);
    expect(finding).toMatchObject({ container: 'quicktime', durationSeconds: 3 });
  });

  test('that begins with a box which players skip is still measured by its samples', async () => {
    for (const format of ['MPEG-4', 'QuickTime', 'iso6']) {
      const bytes = concat(box('udta', words(0)), ofBrand('iso6'));
      const { finding } = await inspected(bytes, [{ tracks: film(format, '9') }]);
      expect(finding).toMatchObject({ container: 'mp4', durationSeconds: 3 });
    }
  });

  test('without any box has no play time, whatever is stated', async () => {
    expect((await inspected(anything, [{ tracks: film('MPEG-4', '9') }])).seconds).toBeUndefined();
  });

  test('must have an index after a first box with which films do not begin', async () => {
    const bytes = concat(box('udta', words(0)), box('mdat', words(0)));
    const { finding } = await inspected(bytes, [{ tracks: film('Something else', '9') }]);
    expect(finding).toMatchObject({ container: 'other', durationSeconds: 9 });
  });

  test('must not have another format that the parser recognises', async () => {
    for (const bytes of [ofBrand('isom'), concat(box('udta', words(0)), ofBrand('isom'))]) {
      const { finding } = await inspected(bytes, [{ tracks: film('AVI', '9') }]);
      expect(finding).toMatchObject({ container: 'avi' });
    }
  });
});

test('a source that fails is a failure, even when the file is already known to be a video', async () => {
  const segment = element(0x18538067, element(0xec, new Uint8Array(MiB)), element(0x1f43b675));
  const bytes = new Uint8Array(Buffer.concat([element(0x1a45dfa3), segment]));
  for (const readable of [0, 300_000]) {
    const source = new ByteSource(bytes.length, async (start, end) => {
      if (start >= readable) throw new Error('The bucket is gone.');
      return bytes.subarray(start, end);
    });
    const parse = async (): Promise<ParsedFile> => ({ tracks: film('WebM'), isFinished: true, isCutShort: false });
    await expect(inspectFile({ parse }, source)).rejects.toThrow('The bucket is gone.');
  }
});

describe('without a picture', () => {
  const track = (type: string, more: object = {}): ParsedTrack => ({ '@type': type, ...more });
  const outcome = async (bytes: Uint8Array, ...tracks: readonly ParsedTrack[]) =>
    (await inspected(bytes, [{ tracks }])).finding;
  const notVideo = (message: string) => ({ outcome: 'not-a-video', failure: { code: 'NOT_A_VIDEO', message } });
  const malformed = {
    outcome: 'not-a-video',
    failure: { code: 'MALFORMED', message: expect.stringMatching(/^The file is damaged or incomplete: the part/) },
  };

  test('a track of it without a frame size is a video that cannot be read', async () => {
    expect(await outcome(anything, track('Audio'), track('Video', { Width: '0', Height: '180' }))).toEqual({
      outcome: 'undetermined',
      reason: 'unreadable',
    });
  });

  test.each(['Audio', 'Image', 'Text'])('%s alone is not a video', async (type) => {
    expect(await outcome(anything, track(type))).toEqual(notVideo('The file contains no video track.'));
  });

  test('sound alone is not a video when the parser got all bytes of its plan', async () => {
    const { finding } = await inspected(anything, [{ tracks: [track('Audio')], isFinished: false }]);
    expect(finding).toEqual(notVideo('The file contains no video track.'));
  });

  test('sound alone proves nothing when the parser was refused bytes, but the first bytes of a document do', async () => {
    const cut = (bytes: Uint8Array, tracks: readonly ParsedTrack[]) =>
      inspected(bytes, [{ tracks, isFinished: false, isCutShort: true }]);
    await expect(cut(anything, [track('Audio')])).rejects.toThrow(ReadLimitError);
    expect((await cut(concat(text('%PDF-'), anything), [])).finding).toEqual(notVideo('The file is not a video.'));
  });

  test('other tracks prove nothing', async () => {
    expect(await outcome(anything, track('Menu'), general('AVI'))).toMatchObject({ reason: 'unreadable' });
    expect(await outcome(anything, track('Menu'))).toEqual({ outcome: 'undetermined', reason: 'unrecognised' });
  });

  test('boxes up to the end without the box of the tracks, or with an incomplete one, are damaged', async () => {
    const head = box('ftyp', text('isom'), words(0));
    expect(await outcome(concat(head, box('mdat', new Uint8Array(50))))).toMatchObject(malformed);
    expect(await outcome(concat(head, box('moov', new Uint8Array(50)).subarray(0, 40)))).toMatchObject(malformed);
    expect(await outcome(concat(head, box('moov')))).toMatchObject({ reason: 'unreadable' });
    expect(await outcome(concat(head, new Uint8Array(50)))).toMatchObject({ reason: 'unreadable' });
  });

  test('an empty file, and the first bytes of a document, are not a video', async () => {
    expect(await outcome(new Uint8Array())).toEqual(notVideo('The file is empty.'));
    expect(await outcome(concat(text('%PDF-'), anything))).toEqual(notVideo('The file is not a video.'));
  });
});
