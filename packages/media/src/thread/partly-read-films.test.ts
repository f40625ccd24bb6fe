import { describe, expect, test } from 'vitest';
import { box, concat, words } from '../../test-support/boxes.ts';
import { film, general, inspected, text } from '../../test-support/inspected.ts';
import { ReadLimitError } from './byte-source.ts';

const free = Array.from({ length: 2000 }, () => box('free'));

describe('a film after an unusual first box, of which not enough can be read', () => {
  const ofBrand = (brand: string) => concat(box('ftyp', text(brand), words(0)), box('moov'));
  const large = concat(box('udta', new Uint8Array(300_000)), ofBrand('iso6'));
  const many = concat(box('udta'), ...free, ofBrand('iso6'));
  const broken = concat(box('udta'), words(8, 0), ofBrand('iso6'));
  const cases: readonly (readonly [string, Uint8Array, number])[] = [
    ['than may be', large, 262_144],
    ['behind 2000 boxes', many, Number.POSITIVE_INFINITY],
    ['behind a box without a name', broken, Number.POSITIVE_INFINITY],
  ];

  test.each([
    ...cases,
    ['behind a box without a name at its beginning', concat(words(8, 0), ofBrand('iso6')), Number.POSITIVE_INFINITY],
  ] as const)('%s, is what the parser returns, without a play time', async (_name, bytes, maxRead) => {
    for (const [format, brand, container] of [
      ['MPEG-4', undefined, 'mp4'],
      ['QuickTime', undefined, 'quicktime'],
      ['MPEG-4', 'isom', 'mp4'],
      ['MPEG-4', 'qt  ', 'quicktime'],
      ['iso6', 'iso6', 'mp4'],
    ] as const) {
      const tracks = film(format, '9', { CodecID: brand });
      const { finding } = await inspected(bytes, [{ tracks, isFinished: false, isCutShort: true }], maxRead);
      expect(finding).toMatchObject({ outcome: 'video', container, widthPixels: 320 });
      expect(finding).not.toHaveProperty('durationSeconds');
    }
  });

  test.each(cases)('%s, is not proven to be another kind of file', async (_name, bytes, maxRead) => {
    for (const more of [{}, { CodecID: 'iso6' }]) {
      const tracks = film('Something else', '9', more);
      await expect(inspected(bytes, [{ tracks }], maxRead)).rejects.toThrow(ReadLimitError);
    }
  });

  test('but a file of pictures is not a film', async () => {
    const bytes = concat(words(12, 0, 0), ofBrand('heic'));
    const { finding } = await inspected(bytes, [{ tracks: film('heic', '9', { CodecID: 'heic' }) }]);
    expect(finding).toMatchObject({ container: 'other' });
  });
});

test('sound alone proves nothing either when the parser was stopped before the end of the film’s tracks', async () => {
  const stopped = (bytes: Uint8Array, format: string, isFinished = false) =>
    inspected(bytes, [{ tracks: [general(format, { CodecID: 'iso6' }), { '@type': 'Audio' }], isFinished }]);
  const head = box('ftyp', text('iso6'), words(0));
  const movie = box('moov', box('trak'));
  const silent = { outcome: 'not-a-video', failure: expect.objectContaining({ code: 'NOT_A_VIDEO' }) };
  for (const format of ['MPEG-4', 'iso6']) {
    for (const bytes of [
      concat(head, ...free, movie),
      concat(box('udta'), head, movie),
      concat(box('udta'), ...free, head, movie),
    ]) {
      await expect(stopped(bytes, format)).rejects.toThrow(ReadLimitError);
      expect((await stopped(bytes, format, true)).finding).toEqual(silent);
    }
    // The parser got the whole box of the tracks, or there is none.
    expect((await stopped(concat(head, movie), format)).finding).toEqual(silent);
    expect((await stopped(concat(head, box('mdat')), format)).finding).toEqual(silent);
  }
  expect((await stopped(concat(box('udta'), box('mdat')), 'FLAC')).finding).toEqual(silent);
  await expect(stopped(concat(box('udta'), ...free, head, movie), 'FLAC')).rejects.toThrow(ReadLimitError);
  expect((await stopped(concat(head, ...free, movie), 'WebM')).finding).toEqual(silent);
});
