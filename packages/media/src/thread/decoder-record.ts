import type { ByteSource } from './byte-source.ts';
import { elementAt } from './ebml.ts';
import type { Box } from './iso-boxes.ts';
import { placesOf } from './tail-windows.ts';

/** Boxes that describe a decoder, in MP4 and (their content alone) in Matroska. */
export type RecordType = 'avcC' | 'hvcC' | 'av1C' | 'vpcC';

const MARKS: Readonly<Record<RecordType, number>> = {
  avcC: 0x61766343,
  hvcC: 0x68766343,
  av1C: 0x61763143,
  vpcC: 0x76706343,
};
/** The first byte of a record: its version, in `av1C` after a marker bit. */
const FIRST_BYTE: Readonly<Record<RecordType, number>> = { avcC: 1, hvcC: 1, av1C: 0x81, vpcC: 1 };
/** Shortest content, which distinguishes it from the records of sound. */
const MIN_BYTES: Readonly<Record<RecordType, number>> = { avcC: 7, hvcC: 23, av1C: 4, vpcC: 8 };
/** The size of one step of the search. */
const STEP_BYTES = 256 * 1024;
const RECORD_BYTES = 32;

/** The first bytes of the record of that type; undefined when there is none. `movie` is absent in Matroska. */
export async function decoderRecord(
  source: ByteSource,
  movie: Box | undefined,
  type: RecordType,
): Promise<Uint8Array | undefined> {
  const isRecord = (bytes: Uint8Array) => bytes[0] === FIRST_BYTE[type] && bytes.length >= MIN_BYTES[type];
  if (movie === undefined) return privateRecord(await source.readOn(0), isRecord);
  for (let at = movie.content; at < Math.min(movie.end, source.sizeBytes); at += STEP_BYTES) {
    const bytes = await source.read(at, Math.min(at + STEP_BYTES + RECORD_BYTES, movie.end));
    for (const place of placesOf(bytes, MARKS[type])) {
      const record = bytes.subarray(place + 4, place + 4 + RECORD_BYTES);
      if (isRecord(record)) return record;
    }
  }
  return undefined;
}

/** The content of the first `CodecPrivate` element that is such a record. */
function privateRecord(bytes: Uint8Array, isRecord: (bytes: Uint8Array) => boolean): Uint8Array | undefined {
  for (let at = bytes.indexOf(0x63); at >= 0; at = bytes.indexOf(0x63, at + 1)) {
    const element = bytes[at + 1] === 0xa2 ? elementAt(bytes, at) : undefined;
    const record = element && bytes.subarray(element.content, element.end);
    if (record !== undefined && isRecord(record)) return record;
  }
  return undefined;
}
