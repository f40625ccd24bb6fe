import type { ByteSource } from './byte-source.ts';
import { type Box, BoxWalker } from './iso-boxes.ts';

const MFRO = 0x6d66726f;
const FOOTER_BYTES = 16;

/**
 * Where the last fragments begin, by the index that recorders write at the end of a fragmented film (`mfra`): the earliest of
 * the last listed fragments of all tracks. Undefined when there is no index, or it cannot be read.
 */
export async function indexedStart(source: ByteSource): Promise<number | undefined> {
  const footer = viewOf(await source.read(Math.max(0, source.sizeBytes - FOOTER_BYTES), source.sizeBytes));
  if (footer.byteLength < FOOTER_BYTES || footer.getUint32(4) !== MFRO) return undefined;
  const start = source.sizeBytes - footer.getUint32(12);
  if (start < 0) return undefined;
  const walker = new BoxWalker(source);
  let first: number | undefined;
  for await (const table of walker.walk(start + 8, source.sizeBytes)) {
    const last = table.type === 'tfra' ? await lastOffset(source, table) : undefined;
    if (last !== undefined) first = Math.min(last, first ?? last);
  }
  return walker.hasMissed ? undefined : first;
}

/** The position of the fragment in the last entry (ISO/IEC 14496-12, `tfra`); undefined when there is none. */
async function lastOffset(source: ByteSource, { content, end }: Box): Promise<number | undefined> {
  const head = viewOf(await source.read(content, content + 16));
  if (head.byteLength < 16) return undefined;
  const isLong = head.getUint8(0) === 1;
  const numbers = head.getUint32(8);
  // Three numbers of one to four bytes; two bits each have their lengths.
  const numberBytes = 3 + ((numbers >> 4) & 3) + ((numbers >> 2) & 3) + (numbers & 3);
  const timeBytes = isLong ? 8 : 4;
  const entry = content + 16 + (head.getUint32(12) - 1) * (2 * timeBytes + numberBytes);
  if (entry < content + 16 || entry + 2 * timeBytes > end) return undefined;
  const place = viewOf(await source.read(entry + timeBytes, entry + 2 * timeBytes));
  if (place.byteLength < timeBytes) return undefined;
  return isLong ? Number(place.getBigUint64(0)) : place.getUint32(0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
