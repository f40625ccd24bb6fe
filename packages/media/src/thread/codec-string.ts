import type { ProbeContainer } from '../probe-container.ts';
import type { ByteSource } from './byte-source.ts';
import { decoderRecord, type RecordType } from './decoder-record.ts';
import type { Box } from './iso-boxes.ts';
import type { ParsedTrack } from './parser.ts';

const hex = (value: number) => value.toString(16).padStart(2, '0');
const two = (value: number) => String(value).padStart(2, '0');

/** Codec of the picture by RFC 6381, undefined when it has no such name. */
export async function videoCodec(
  track: ParsedTrack,
  source: ByteSource,
  movie: Box | undefined,
  container: ProbeContainer,
): Promise<string | undefined> {
  const entry = String(track['CodecID'] ?? '');
  const isDescribed = movie !== undefined || container === 'webm' || container === 'matroska';
  const read = async (type: RecordType) => (isDescribed ? decoderRecord(source, movie, type) : undefined);
  switch (track['Format']) {
    case 'AVC':
      return avc(entry, await read('avcC'), track);
    case 'HEVC':
      return hevc(entry, await read('hvcC'));
    case 'AV1':
      return av1(await read('av1C'));
    case 'VP9':
      // WebM does not store the level; `vp9` is its own name there.
      return vp9(await read('vpcC')) ?? (container === 'webm' ? 'vp9' : undefined);
    case 'VP8':
      return 'vp8';
    case 'Theora':
      return 'theora';
    case 'MPEG-4 Visual':
      return movie === undefined ? undefined : 'mp4v.20';
    default:
      return undefined;
  }
}

/** `profile_idc` of the profiles that MediaInfo names, with the constraint flags that they imply. */
const AVC_PROFILES: Readonly<Record<string, string>> = {
  'Constrained Baseline': '42c0',
  Baseline: '4200',
  Main: '4d00',
  Extended: '5800',
  High: '6400',
  'High 10': '6e00',
  'High 4:2:2': '7a00',
  'High 4:4:4 Predictive': 'f400',
};

function avc(entry: string, record: Uint8Array | undefined, track: ParsedTrack): string | undefined {
  const prefix = entry === 'avc3' ? 'avc3' : 'avc1';
  const [version, profile = 0, flags = 0, level = 0] = record ?? [];
  if (version === 1) return `${prefix}.${hex(profile)}${hex(flags)}${hex(level)}`;
  const known = AVC_PROFILES[String(track['Format_Profile'])];
  const levelTenths = Math.round(Number.parseFloat(String(track['Format_Level'])) * 10);
  return known === undefined || !(levelTenths > 0) ? undefined : `${prefix}.${known}${hex(levelTenths)}`;
}

/** ISO/IEC 14496-15, annex E: profile, reversed compatibility flags, tier and level, constraints without trailing zeros. */
function hevc(entry: string, record: Uint8Array | undefined): string | undefined {
  if (record === undefined) return undefined;
  const [, head = 0] = record;
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const space = ['', 'A', 'B', 'C'][head >> 6] ?? '';
  let flags = 0;
  for (let bit = 0; bit < 32; bit += 1) if ((view.getUint32(2) & (1 << bit)) !== 0) flags += 2 ** (31 - bit);
  const constraints = [...record.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    entry === 'hev1' ? 'hev1' : 'hvc1',
    `${space}${head & 0x1f}`,
    flags.toString(16),
    `${(head & 0x20) === 0 ? 'L' : 'H'}${view.getUint8(12)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

function av1(record: Uint8Array | undefined): string | undefined {
  const [marker, first = 0, second = 0] = record ?? [];
  if (marker !== 0x81) return undefined;
  const depth = (second & 0x40) === 0 ? 8 : (second & 0x20) === 0 ? 10 : 12;
  return `av01.${first >> 5}.${two(first & 0x1f)}${(second & 0x80) === 0 ? 'M' : 'H'}.${two(depth)}`;
}

function vp9(record: Uint8Array | undefined): string | undefined {
  const [version, ...more] = record ?? [];
  const [, , , profile = 0, level = 0, depth = 0] = more;
  // The codec description of WebM may be another one that begins like a record: a list of features, each with its number and
  // length.
  const hasFlags = more.slice(0, 3).some((byte) => byte !== 0);
  return version === 1 && !hasFlags ? `vp09.${two(profile)}.${two(level)}.${two(depth >> 4)}` : undefined;
}

const AUDIO_NAMES: Readonly<Record<string, string>> = {
  Opus: 'opus',
  Vorbis: 'vorbis',
  FLAC: 'flac',
  'AC-3': 'ac-3',
  'E-AC-3': 'ec-3',
};
/** Audio object types by MediaInfo's names. */
const AAC_TYPES: readonly (readonly [string, number])[] = [
  ['HE-AACv2', 29],
  ['PS', 29],
  ['SBR', 5],
  ['LC', 2],
];

/** Codec of the sound by RFC 6381 or the WebCodecs registry, undefined when it has no such name. */
export function audioCodec(track: ParsedTrack): string | undefined {
  const format = String(track['Format']);
  if (format === 'AAC') {
    const features = String(track['Format_AdditionalFeatures'] ?? '');
    const type = AAC_TYPES.find(([name]) => features.split(' ').includes(name))?.[1];
    return type === undefined ? undefined : `mp4a.40.${type}`;
  }
  if (format === 'MPEG Audio' && track['Format_Profile'] === 'Layer 3') return 'mp3';
  return AUDIO_NAMES[format];
}
