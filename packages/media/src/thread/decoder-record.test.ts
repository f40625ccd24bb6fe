import { describe, expect, test } from 'vitest';
import { box, concat } from '../../test-support/boxes.ts';
import { element, short } from '../../test-support/elements.ts';
import { ByteSource } from './byte-source.ts';
import { decoderRecord, type RecordType } from './decoder-record.ts';

const shortest: readonly (readonly [RecordType, number, number])[] = [
  ['avcC', 1, 7],
  ['hvcC', 1, 23],
  ['av1C', 0x81, 4],
  ['vpcC', 1, 8],
];
const record = (first: number, bytes: number) => Uint8Array.from({ length: bytes }, (_, at) => (at === 0 ? first : at));
const sourceOf = (bytes: Uint8Array) => new ByteSource(bytes.length, async (start, end) => bytes.subarray(start, end));

describe('in the index of an MP4', () => {
  const find = (type: RecordType, content: Uint8Array, behind = new Uint8Array()) => {
    const bytes = concat(box('moov', content), behind);
    const end = bytes.length - behind.length;
    return decoderRecord(sourceOf(bytes), { type: 'moov', start: 0, content: 8, end }, type);
  };

  test.each(shortest)('%s is found by its name and its first bytes', async (type, first, bytes) => {
    const whole = record(first, bytes);
    expect(await find(type, box(type, whole))).toEqual(whole);
    expect(await find(type, box(type, record(first + 1, bytes)))).toBeUndefined();
    expect(await find(type, box(type, whole.subarray(1)), new Uint8Array(64).fill(first))).toBeUndefined();
    expect(await find(type, box('free', whole))).toBeUndefined();
  });

  test('a name without a record after it is skipped, and 32 bytes of a long record are read', async () => {
    const long = record(1, 60);
    expect(await find('avcC', concat(box('avcC', record(9, 20)), box('avcC', long)))).toEqual(long.subarray(0, 32));
  });

  test('an incomplete index is searched as far as it goes', async () => {
    const bytes = box('moov', box('avcC', record(1, 7)));
    const movie = { type: 'moov', start: 0, content: 8, end: 1_000_000_000 };
    expect(await decoderRecord(sourceOf(bytes), movie, 'avcC')).toEqual(record(1, 7));
    expect(await decoderRecord(sourceOf(bytes), movie, 'hvcC')).toBeUndefined();
  });
});

describe('in Matroska', () => {
  const find = (type: RecordType, ...parts: readonly Uint8Array[]) =>
    decoderRecord(sourceOf(new Uint8Array(Buffer.concat(parts))), undefined, type);

  test.each(shortest)('%s is the private data of a codec', async (type, first, bytes) => {
    const whole = record(first, bytes);
    expect(await find(type, element(0x63a2, whole), Uint8Array.of(7))).toEqual(whole);
    expect(await find(type, element(0x63a2, whole.subarray(0, -1)))).toBeUndefined();
    expect(await find(type, element(0x63a3, whole))).toBeUndefined();
  });

  test('the first real record is used, also after bytes that look like one', async () => {
    const sound = element(0x63a2, Uint8Array.of(2, 1, 2, 3, 4, 5, 6, 7));
    const stray = Uint8Array.of(0x63, 0x61, 0xa2);
    expect(await find('avcC', stray, sound, short(0x63a2, ...record(1, 9)))).toEqual(record(1, 9));
    expect(await find('avcC', stray, Uint8Array.of(0x63, 0xa2))).toBeUndefined();
    expect(await find('avcC')).toBeUndefined();
  });
});
