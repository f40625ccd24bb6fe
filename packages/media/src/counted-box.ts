// Many boxes announce how many entries follow. A dozen bytes can announce four thousand million, and a parser that believes
// them takes all memory or all time. Layouts: ISO/IEC 14496-12, sections 8.5 to 8.8, and QuickTime's metadata keys.

/** More samples than a day of video has. */
export const MAX_SAMPLES = 4_194_304;
/** More random access points than a day of video has. */
const MAX_ACCESS_POINTS = 65_536;

/** Content bytes that a box needs for what it announces; Infinity = refuse. */
type Demand = (content: DataView) => number;

const entriesOf =
  (countOffset: number, entryBytes: number): Demand =>
  (content) =>
    countOffset + 4 + content.getUint32(countOffset) * entryBytes;

const DEMANDS: Readonly<Record<string, Demand>> = {
  stts: entriesOf(4, 8),
  ctts: entriesOf(4, 8),
  stsc: entriesOf(4, 12),
  stco: entriesOf(4, 4),
  co64: entriesOf(4, 8),
  stss: entriesOf(4, 4),
  keys: entriesOf(4, 8),
  // A sample entry is a box with at least eight bytes of its own.
  stsd: entriesOf(4, 16),
  // One size for all, or a size for each.
  stsz: (content) => (content.getUint32(4) === 0 ? entriesOf(8, 4)(content) : 12),
  stz2: (content) => {
    const bitsPerSize = content.getUint8(7);
    return [4, 8, 16].includes(bitsPerSize) ? 12 + (content.getUint32(8) * bitsPerSize) / 8 : Number.POSITIVE_INFINITY;
  },
  elst: (content) => entriesOf(4, content.getUint8(0) === 1 ? 20 : 12)(content),
  tfra: (content) =>
    content.getUint32(12) > MAX_ACCESS_POINTS
      ? Number.POSITIVE_INFINITY
      : entriesOf(12, content.getUint8(0) === 1 ? 19 : 11)(content),
  trun: (content) => {
    const flags = content.getUint32(0);
    const optionalFields = [0x1, 0x4].filter((flag) => flags & flag).length;
    const fieldsPerSample = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
    return 8 + optionalFields * 4 + content.getUint32(4) * fieldsPerSample * 4;
  },
  saiz: (content) => {
    const defaultSizeOffset = content.getUint32(0) & 1 ? 12 : 4;
    const sampleCount = content.getUint32(defaultSizeOffset + 1);
    if (sampleCount > MAX_SAMPLES) return Number.POSITIVE_INFINITY;
    return defaultSizeOffset + 5 + (content.getUint8(defaultSizeOffset) === 0 ? sampleCount : 0);
  },
  saio: (content) => entriesOf(content.getUint32(0) & 1 ? 12 : 4, content.getUint8(0) === 1 ? 8 : 4)(content),
};

/**
 * Whether a box of this name has room for all that it announces; boxes that announce nothing always have.
 * `content` must hold at least the fields before the entries, `contentBytes` is the length of the whole content.
 */
export function holdsWhatItAnnounces(
  name: string,
  content: DataView,
  contentBytes: number = content.byteLength,
): boolean {
  const demand = Object.hasOwn(DEMANDS, name) ? DEMANDS[name] : undefined;
  if (demand === undefined) return true;
  try {
    return demand(content) <= contentBytes;
  } catch (error) {
    // DataView's own word for "the box ends before its count".
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Samples of a run (`trun`) that take no bytes of their own: all of them, or none. */
export function unfoldedSamples(run: DataView): number {
  return (run.getUint32(0) & 0xf00) === 0 ? run.getUint32(4) : 0;
}

/** Sum over the runs of `stts` or `ctts`, which hold what they announce. */
export function sumOfRuns(table: DataView): number {
  let sum = 0;
  const end = 8 + table.getUint32(4) * 8;
  for (let offset = 8; offset < end; offset += 8) sum += table.getUint32(offset);
  return sum;
}

/** Sum of the jumps between first chunks, and the fullest chunk, of `stsc`, which holds what it announces. */
export function chunkExtremes(table: DataView): { readonly sumOfJumps: number; readonly fullestChunk: number } {
  let sumOfJumps = 0;
  let fullestChunk = 0;
  let previous = 1;
  const end = 8 + table.getUint32(4) * 12;
  for (let offset = 8; offset < end; offset += 12) {
    const firstChunk = table.getUint32(offset);
    sumOfJumps += Math.max(0, firstChunk - previous);
    previous = firstChunk;
    fullestChunk = Math.max(fullestChunk, table.getUint32(offset + 4));
  }
  return { sumOfJumps, fullestChunk };
}
