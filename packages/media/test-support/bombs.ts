import { box, concat, words } from './boxes.ts';
import { element, short } from './elements.ts';

const repeat = (unit: Uint8Array, count: number): Buffer => Buffer.concat(Array<Uint8Array>(count).fill(unit));

const header = element(0x1a45dfa3, short(0x4282, ...Buffer.from('webm')));
const info = element(0x1549a966, short(0x2ad7b1, 0x0f, 0x42, 0x40));
const track = element(
  0xae,
  short(0xd7, 1),
  short(0x83, 1),
  short(0x86, ...Buffer.from('V_VP8')),
  element(0xe0, short(0xb0, 1, 64), short(0xba, 0, 180)),
);
const block = short(0xa3, 0x81, 0, 0, 0x80, 1, 2, 3);
const cluster = (...blocks: readonly Uint8Array[]) => element(0x1f43b675, short(0xe7, 0), ...blocks);
const cue = element(0xbb, short(0xb3, 0), element(0xb7, short(0xf7, 1), short(0xf1, 9)));
const film = (tracks: number, ...content: readonly Uint8Array[]) => {
  const described = element(0x1654ae6b, repeat(track, tracks));
  return new Uint8Array(Buffer.concat([header, element(0x18538067, info, described, ...content)]));
};

/** A WebM with many cue points of one time. */
export const cuesBomb = (count: number): Uint8Array => film(1, element(0x1c53bb6b, repeat(cue, count)), cluster(block));

/** A WebM with many laced blocks. */
export const lacingBomb = (count: number): Uint8Array =>
  film(1, cluster(block, repeat(short(0xa3, 0x81, 0, 0, 0x84, 0xff), count)));

/** A WebM with many tracks. */
export const tracksBomb = (count: number): Uint8Array => film(count, cluster(block));

const MOST = 0xffffffff;
const visualSample = concat(
  ...[new Uint8Array(7), Uint8Array.of(1), new Uint8Array(16), Uint8Array.of(1, 64, 0, 180)],
  ...[words(0x480000, 0x480000, 0), Uint8Array.of(0, 1), new Uint8Array(32), Uint8Array.of(0, 24, 255, 255)],
);

/** An MP4 of some 600 bytes, whose tables claim four thousand million samples. */
export const samplesBomb = (): Uint8Array => {
  const tables = [
    box('stsd', words(0, 1), box('avc1', visualSample)),
    ...[box('stts', words(0, 1, MOST, 1)), box('stsz', words(0, 0, MOST)), box('stsc', words(0, MOST, 1, MOST, 1))],
    box('stco', words(0, MOST, 100)),
  ];
  const unity = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  const trackHeader = box('tkhd', words(7, 0, 0, 1, 0, MOST), new Uint8Array(16), unity, words(320 << 16, 180 << 16));
  const handler = box('hdlr', words(0, 0), new TextEncoder().encode('vide'), new Uint8Array(13));
  const media = box('mdia', box('mdhd', words(0, 0, 0, 1000, MOST, 0)), handler, box('minf', box('stbl', ...tables)));
  const movie = box(
    'moov',
    box('mvhd', words(0, 0, 0, 1000, MOST, 0x10000), new Uint8Array(80)),
    box('trak', trackHeader, media),
  );
  return concat(box('ftyp', new TextEncoder().encode('isom'), words(0x200)), movie, box('mdat', new Uint8Array(16)));
};
