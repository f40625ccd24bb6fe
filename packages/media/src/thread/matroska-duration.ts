import type { ByteSource } from './byte-source.ts';
import { elementAt, unsigned } from './ebml.ts';
import { placesOf, tailWindows } from './tail-windows.ts';

const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
} as const;
/** Other children of a cluster: EncryptedBlock, SilentTracks, Position, PrevSize, Void, CRC-32. */
const OTHER_CHILDREN: ReadonlySet<number> = new Set([0xaf, 0x5854, 0xa7, 0xab, 0xec, 0xbf]);
const DEFAULT_SCALE_NS = 1_000_000;
/** The most elements before the first cluster. */
const MAX_ELEMENTS = 1000;
/** Bytes that are read for the head of an element, and for the first elements of a cluster. */
const HEAD_BYTES = 64;

interface Times {
  readonly first: number;
  readonly last: number;
}

/**
 * Play time of a Matroska or WebM file, from the blocks at its two ends: a few reads at any size, whatever its header says. 0
 * when the file contains a single moment. Undefined when the blocks do not determine it.
 */
export async function matroskaDuration(source: ByteSource): Promise<number | undefined> {
  const start = await findStart(source);
  if (start === undefined) return undefined;
  const head = await source.read(start.cluster, start.cluster + HEAD_BYTES * 1024);
  const first = clusterTimes(head, 0)?.first;
  if (first === undefined) return undefined;
  for await (const { start: from, bytes } of tailWindows(source, start.cluster)) {
    const lasts: number[] = [];
    // No other cluster is searched before the end of one, since the content of its blocks may look like one.
    let next = 0;
    for (const place of placesOf(bytes, ID.cluster)) {
      if (place < next) continue;
      const times = clusterTimes(bytes, place);
      if (times === undefined) continue;
      lasts.push(times.last);
      next = times.end;
    }
    const seconds = ((Math.max(...lasts) - first) * start.scaleNs) / 1e9;
    const isOneMoment = seconds === 0 && from === start.cluster;
    if (lasts.length > 0) return seconds > 0 || isOneMoment ? seconds : undefined;
  }
  return undefined;
}

/** Where the first cluster begins, and how long a tick is. */
async function findStart(source: ByteSource): Promise<{ cluster: number; scaleNs: number } | undefined> {
  let scaleNs = DEFAULT_SCALE_NS;
  let at = 0;
  for (let count = 0; count < MAX_ELEMENTS; count += 1) {
    const element = elementAt(await source.read(at, at + HEAD_BYTES), 0);
    if (element === undefined) return undefined;
    if (element.id === ID.cluster) return { cluster: at, scaleNs };
    if (element.id === ID.info) scaleNs = await readScale(source, at + element.content, at + element.end);
    if (element.id === ID.segment) at += element.content;
    else if (Number.isFinite(element.end)) at += element.end;
    else return undefined;
  }
  return undefined;
}

async function readScale(source: ByteSource, start: number, end: number): Promise<number> {
  const bytes = await source.read(start, Math.min(end, start + HEAD_BYTES * 1024));
  for (let at = 0; at < bytes.length; ) {
    const element = elementAt(bytes, at);
    if (element === undefined) break;
    if (element.id === ID.timestampScale) return unsigned(bytes, element.content, element.end) || DEFAULT_SCALE_NS;
    at = element.end;
  }
  return DEFAULT_SCALE_NS;
}

/** First and last time of the blocks of the cluster that begins at `at`, in ticks; undefined when none begins there. */
function clusterTimes(bytes: Uint8Array, at: number): (Times & { readonly end: number }) | undefined {
  const cluster = elementAt(bytes, at);
  if (cluster?.id !== ID.cluster) return undefined;
  let base: number | undefined;
  let first: number | undefined;
  let last = 0;
  let place = cluster.content;
  while (place < Math.min(cluster.end, bytes.length)) {
    const child = elementAt(bytes, place);
    if (child === undefined) break;
    if (child.id === ID.timestamp) base = unsigned(bytes, child.content, Math.min(child.end, child.content + 8));
    else if (child.id === ID.simpleBlock || child.id === ID.blockGroup) {
      if (base === undefined) return undefined;
      const block = child.id === ID.simpleBlock ? blockTimes(bytes, child.content) : groupTimes(bytes, child);
      if (block === undefined) break;
      first = Math.min(first ?? Number.POSITIVE_INFINITY, base + block.first);
      last = Math.max(last, base + block.last);
    } else if (!OTHER_CHILDREN.has(child.id)) break;
    place = child.end;
  }
  return first === undefined ? undefined : { first, last, end: Math.min(place, bytes.length) };
}

/** The time of a block, relative to its cluster: after the number of its track. */
function blockTimes(bytes: Uint8Array, content: number): Times | undefined {
  const track = Math.clz32(bytes[content] ?? 0) - 23;
  const at = content + track;
  if (track > 8 || at + 2 > bytes.length) return undefined;
  const time = new DataView(bytes.buffer, bytes.byteOffset).getInt16(at);
  return { first: time, last: time };
}

function groupTimes(bytes: Uint8Array, group: { readonly content: number; readonly end: number }): Times | undefined {
  let times: Times | undefined;
  let duration = 0;
  for (let at = group.content; at < Math.min(group.end, bytes.length); ) {
    const child = elementAt(bytes, at);
    if (child === undefined) break;
    if (child.id === ID.block) times = blockTimes(bytes, child.content);
    if (child.id === ID.blockDuration)
      duration = unsigned(bytes, child.content, Math.min(child.end, child.content + 8));
    at = child.end;
  }
  return times && { first: times.first, last: times.last + duration };
}
