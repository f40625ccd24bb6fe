import { describe, expect, test } from 'vitest';
import { box, concat } from '../../test-support/boxes.ts';
import { element } from '../../test-support/elements.ts';
import type { ProbeContainer } from '../probe-container.ts';
import { ByteSource } from './byte-source.ts';
import { audioCodec, videoCodec } from './codec-string.ts';
import type { ParsedTrack } from './parser.ts';

const sourceOf = (bytes: Uint8Array) => new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end));
const track = (Format: string, more: object = {}): ParsedTrack => ({ '@type': 'Video', Format, ...more });

/** In an MP4 whose index holds the record of a decoder. */
function inMovie(given: ParsedTrack, type: string, ...record: readonly number[]): Promise<string | undefined> {
  const bytes = box('moov', box(type, Uint8Array.from(record)));
  const movie = { type: 'moov', start: 0, content: 8, end: bytes.length };
  return videoCodec(given, sourceOf(bytes), movie, 'mp4');
}

/** In Matroska, with the record as the private data of the codec. */
function inMatroska(given: ParsedTrack, container: ProbeContainer, ...record: readonly number[]) {
  const bytes = new Uint8Array(element(0x63a2, Uint8Array.from(record)));
  return videoCodec(given, sourceOf(bytes), undefined, container);
}

describe('H.264', () => {
  const record = [1, 0x64, 0x00, 0x0b, 0xff, 0xe1, 0];

  test('is named by its record, after its sample entry', async () => {
    expect(await inMovie(track('AVC', { CodecID: 'avc1' }), 'avcC', ...record)).toBe('avc1.64000b');
    expect(await inMovie(track('AVC', { CodecID: 'avc3' }), 'avcC', ...record)).toBe('avc3.64000b');
    expect(await inMovie(track('AVC'), 'avcC', 1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0)).toBe('avc1.42c01e');
    expect(await inMatroska(track('AVC', { CodecID: 'V_MPEG4/ISO/AVC' }), 'matroska', ...record)).toBe('avc1.64000b');
  });

  test.each([
    ['Constrained Baseline', '3.1', 'avc1.42c01f'],
    ['Baseline', '1', 'avc1.42000a'],
    ['Main', '4.1', 'avc1.4d0029'],
    ['Extended', '3', 'avc1.58001e'],
    ['High', '5.2', 'avc1.640034'],
    ['High 10', '4', 'avc1.6e0028'],
    ['High 4:2:2', '4.1', 'avc1.7a0029'],
    ['High 4:4:4 Predictive', '0.1', 'avc1.f40001'],
    ['Something else', '4', undefined],
    ['High', '0', undefined],
    ['High', undefined, undefined],
  ])('without a record by its profile and level: %s, %s', async (profile, level, codec) => {
    const given = track('AVC', { Format_Profile: profile, Format_Level: level });
    expect(await videoCodec(given, sourceOf(new Uint8Array(9)), undefined, 'mpeg-ts')).toBe(codec);
  });

  test('has no record in a container without records', async () => {
    expect(await inMatroska(track('AVC'), 'mpeg-ts', ...record)).toBeUndefined();
  });
});

describe('H.265, by ISO/IEC 14496-15, annex E', () => {
  // Profile, compatibility flags (4 bytes), constraints (6), level, and bytes that are not part of the name.
  const record = (head: number, flags: readonly number[], constraints: readonly number[], level: number) =>
    [1, head, ...flags, ...constraints, level, ...new Array<number>(10).fill(0xf0)] as const;
  const main = record(1, [0x60, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 30);

  test('has its profile, reversed flags, tier, level, and constraints without trailing zeros', async () => {
    expect(await inMovie(track('HEVC', { CodecID: 'hvc1' }), 'hvcC', ...main)).toBe('hvc1.1.6.L30.90');
    expect(await inMovie(track('HEVC', { CodecID: 'hev1' }), 'hvcC', ...main)).toBe('hev1.1.6.L30.90');
    const high = record(0x22, [0x20, 0, 0, 0x80], [0xb0, 0, 0x0c, 0, 0, 0], 153);
    expect(await inMovie(track('HEVC'), 'hvcC', ...high)).toBe('hvc1.2.1000004.H153.B0.0.C');
    const all = record(4, [0xff, 0xff, 0xff, 0xff], [1, 2, 3, 4, 5, 6], 93);
    expect(await inMovie(track('HEVC'), 'hvcC', ...all)).toBe('hvc1.4.ffffffff.L93.1.2.3.4.5.6');
    expect(await inMovie(track('HEVC'), 'hvcC', ...record(1, [0, 0, 0, 0], [0, 0, 0, 0, 0, 0], 30))).toBe(
      'hvc1.1.0.L30',
    );
  });

  test.each([
    [0x41, 'A1'],
    [0x81, 'B1'],
    [0xc1, 'C1'],
    [0x1f, '31'],
  ])('has the letter of its profile space: %d', async (head, profile) => {
    const codec = await inMovie(track('HEVC'), 'hvcC', ...record(head, [0x60, 0, 0, 0], [0x90, 0, 0, 0, 0, 0], 30));
    expect(codec).toBe(`hvc1.${profile}.6.L30.90`);
  });

  test('has the same name in Matroska, and none without a record', async () => {
    expect(await inMatroska(track('HEVC'), 'matroska', ...main)).toBe('hvc1.1.6.L30.90');
    expect(await inMovie(track('HEVC'), 'free', 0)).toBeUndefined();
  });
});

describe('AV1 and VP9', () => {
  test.each([
    [[0x00, 0x00], 'av01.0.00M.08'],
    [[0x25, 0x80], 'av01.1.05H.08'],
    [[0x4c, 0x40], 'av01.2.12M.10'],
    [[0x4c, 0xe0], 'av01.2.12H.12'],
    [[0x1f, 0x20], 'av01.0.31M.08'],
  ])('AV1 with the record %j: %s', async (bytes, codec) => {
    expect(await inMovie(track('AV1'), 'av1C', 0x81, ...bytes, 0)).toBe(codec);
    expect(await inMatroska(track('AV1'), 'webm', 0x81, ...bytes, 0)).toBe(codec);
    expect(await inMatroska(track('AV1'), 'ogg', 0x81, ...bytes, 0)).toBeUndefined();
  });

  test('VP9 has profile, level and depth of its record; in WebM without a record it is `vp9`', async () => {
    const record = [1, 0, 0, 0, 2, 51, 0xa2, 1];
    expect(await inMovie(track('VP9'), 'vpcC', ...record)).toBe('vp09.02.51.10');
    expect(await inMovie(track('VP9'), 'vpcC', 1, 0, 0, 0, 0, 10, 0x82, 1)).toBe('vp09.00.10.08');
    expect(await inMatroska(track('VP9'), 'webm', 0)).toBe('vp9');
    expect(await inMatroska(track('VP9'), 'matroska', 0)).toBeUndefined();
    expect(await inMatroska(track('VP9'), 'matroska', ...record)).toBe('vp09.02.51.10');
  });

  test('VP9 in WebM may have a list of features, which begins like a record but is not one', async () => {
    // Profile 0, level 1.0, 8 bits, 4:2:0; each with its number and length.
    const features = [1, 1, 0, 2, 1, 10, 3, 1, 8, 4, 1, 1];
    expect(await inMatroska(track('VP9'), 'webm', ...features)).toBe('vp9');
    expect(await inMatroska(track('VP9'), 'matroska', ...features)).toBeUndefined();
    for (const flags of [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]) {
      expect(await inMatroska(track('VP9'), 'webm', 1, ...flags, 0, 10, 0x82, 1)).toBe('vp9');
    }
  });
});

test('codecs whose names have no parameters', async () => {
  expect(await inMatroska(track('VP8'), 'webm', 0)).toBe('vp8');
  expect(await inMatroska(track('Theora'), 'ogg', 0)).toBe('theora');
  expect(await inMovie(track('MPEG-4 Visual'), 'free', 0)).toBe('mp4v.20');
  expect(await inMatroska(track('MPEG-4 Visual'), 'avi', 0)).toBeUndefined();
  expect(await inMovie(track('ProRes'), 'free', 0)).toBeUndefined();
});

describe('the codec of the sound', () => {
  test.each([
    [{ Format: 'AAC', Format_AdditionalFeatures: 'LC' }, 'mp4a.40.2'],
    [{ Format: 'AAC', Format_AdditionalFeatures: 'LC SBR' }, 'mp4a.40.5'],
    [{ Format: 'AAC', Format_AdditionalFeatures: 'LC SBR PS' }, 'mp4a.40.29'],
    [{ Format: 'AAC', Format_AdditionalFeatures: 'HE-AACv2' }, 'mp4a.40.29'],
    [{ Format: 'AAC', Format_AdditionalFeatures: 'LCD' }, undefined],
    [{ Format: 'AAC' }, undefined],
    [{ Format: 'MPEG Audio', Format_Profile: 'Layer 3' }, 'mp3'],
    [{ Format: 'MPEG Audio', Format_Profile: 'Layer 2' }, undefined],
    [{ Format: 'Opus', Format_Profile: 'Layer 3' }, 'opus'],
    [{ Format: 'Vorbis' }, 'vorbis'],
    [{ Format: 'FLAC' }, 'flac'],
    [{ Format: 'AC-3' }, 'ac-3'],
    [{ Format: 'E-AC-3' }, 'ec-3'],
    [{ Format: 'PCM' }, undefined],
    [{}, undefined],
  ])('%j: %s', (fields, codec) => {
    expect(audioCodec({ '@type': 'Audio', ...fields })).toBe(codec);
  });
});

test('a record is searched in the whole index, also across two steps of reading', async () => {
  const record = box('avcC', Uint8Array.of(1, 0x64, 0, 0x0b, 0xff, 0xe1, 0));
  for (const before of [0, 262_140 - 8, 262_144, 600_000]) {
    const bytes = concat(box('moov', new Uint8Array(before), record), new Uint8Array(9));
    const movie = { type: 'moov', start: 0, content: 8, end: bytes.length - 9 };
    expect(await videoCodec(track('AVC'), sourceOf(bytes), movie, 'mp4')).toBe('avc1.64000b');
  }
});
