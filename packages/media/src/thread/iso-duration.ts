import type { ByteSource } from './byte-source.ts';
import { type Box, BoxWalker } from './iso-boxes.ts';
import { type FragmentedTrack, fragmentSpan, type Span } from './iso-fragment.ts';
import { indexedStart } from './iso-index.ts';
import type { IsoLayout } from './iso-layout.ts';
import { sampledSeconds } from './iso-samples.ts';
import { placesOf, tailWindows } from './tail-windows.ts';

const MOOF = 0x6d6f6f66;
const MDAT = 0x6d646174;
/** A fragment's table is some kilobytes; larger ones are not read. */
const MAX_FRAGMENT_BYTES = 4 * 1024 * 1024;

/**
 * Play time of a fragmented film, from its first fragment and its last ones: a few reads at any length. Undefined when these do
 * not determine it. `found`: how many tracks of picture or sound a parser has found.
 */
export async function fragmentedDuration(
  source: ByteSource,
  layout: IsoLayout,
  found: number,
): Promise<number | undefined> {
  const { movie, firstFragment } = layout;
  if (movie === undefined || firstFragment === undefined) return undefined;
  const tracks = await readTracks(source, movie);
  if (tracks.hasMissed) return undefined;
  const first = await spanOf(source, firstFragment, tracks.byId);
  const seen = await lastSpan(source, firstFragment.start, tracks.byId);
  const last = seen === 'not seen' ? await indexedSpan(source, firstFragment, tracks.byId) : seen;
  if (first === undefined || last === undefined) return undefined;
  if (!tracks.haveSamples) return orUnknown(last.endSeconds - first.startSeconds);
  const sampled = await sampledSeconds(source, movie, found);
  // Fragments continue after the samples of the movie, but may state any time.
  return sampled === undefined ? undefined : orUnknown(Math.max(last.endSeconds, sampled));
}

function orUnknown(seconds: number): number | undefined {
  return seconds > 0 ? seconds : undefined;
}

/**
 * The end of the film: the fragments from which boxes follow one another exactly to the end of the file. Undefined when one of
 * them does not state its time.
 */
async function lastSpan(
  source: ByteSource,
  firstStart: number,
  tracks: ReadonlyMap<number, FragmentedTrack>,
): Promise<Span | 'not seen' | undefined> {
  for await (const { bytes } of tailWindows(source, firstStart)) {
    const deadEnds = new Set<number>();
    for (const place of placesOf(bytes, MOOF)) {
      const fragments = fragmentsToTheEnd(bytes, place - 4, deadEnds);
      const spans = fragments.map(({ start, end }) => spanIn(bytes.subarray(start, end), tracks));
      const ends = spans.flatMap((span) => (span === undefined ? [] : [span.endSeconds]));
      // A fragment that does not state its time may play last.
      if (ends.length < spans.length) return undefined;
      if (ends.length > 0) return { startSeconds: 0, endSeconds: ends.reduce((a, b) => Math.max(a, b)) };
    }
  }
  return 'not seen';
}

/**
 * The same by the film's own index, when the media of its last fragment is larger than the searched end. The index may be
 * wrong: it counts only when boxes follow one another exactly from its position to the end.
 */
async function indexedSpan(
  source: ByteSource,
  first: Box,
  tracks: ReadonlyMap<number, FragmentedTrack>,
): Promise<Span | undefined> {
  const start = await indexedStart(source);
  if (start === undefined || start < first.start) return undefined;
  const walker = new BoxWalker(source);
  let last: Span | undefined;
  let end = start;
  for await (const box of walker.walk(start, source.sizeBytes)) {
    if (box.start === start && box.type !== 'moof') return undefined;
    end = box.end;
    if (box.type !== 'moof') continue;
    const span = await spanOf(source, box, tracks);
    // A fragment that does not state its time may play last.
    if (span === undefined) return undefined;
    if (span.endSeconds > (last?.endSeconds ?? 0)) last = span;
  }
  return end === source.sizeBytes ? last : undefined;
}

/**
 * The fragments of a chain of boxes that begins at `start` and ends where the file does; none when it does not. `deadEnds` has
 * the positions from which no chain reached the end, so that each is followed once.
 */
function fragmentsToTheEnd(bytes: Uint8Array, start: number, deadEnds: Set<number>) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fragments: { readonly start: number; readonly end: number }[] = [];
  const walked: number[] = [];
  for (let at = start; at !== bytes.length; ) {
    walked.push(at);
    const size = at < 0 || at + 8 > bytes.length || deadEnds.has(at) ? 0 : sizeAt(view, at);
    const isMedia = size > 0 && view.getUint32(at + 4) === MDAT;
    // A film that was cut short ends within the media of a fragment.
    if (isMedia && at + size > bytes.length) return fragments;
    if (size < 8 || at + size > bytes.length) {
      for (const place of walked) deadEnds.add(place);
      return [];
    }
    if (view.getUint32(at + 4) === MOOF) fragments.push({ start: at, end: at + size });
    at += size;
  }
  return fragments;
}

function sizeAt(view: DataView, at: number): number {
  const short = view.getUint32(at);
  if (short === 0) return view.byteLength - at;
  if (short !== 1) return short;
  return at + 16 > view.byteLength ? 0 : Number(view.getBigUint64(at + 8));
}

async function spanOf(
  source: ByteSource,
  { start, end }: Box,
  tracks: ReadonlyMap<number, FragmentedTrack>,
): Promise<Span | undefined> {
  if (end - start > MAX_FRAGMENT_BYTES) return undefined;
  return spanIn(await source.read(start, end), tracks);
}

function spanIn(bytes: Uint8Array, tracks: ReadonlyMap<number, FragmentedTrack>): Span | undefined {
  try {
    return fragmentSpan(bytes, tracks);
  } catch (error) {
    // The counts in the box exceed its size, so it is not used.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function readTracks(source: ByteSource, movie: Box) {
  const walker = new BoxWalker(source);
  const word = async (box: Box | undefined, offset: number) => {
    const bytes = box && (await source.read(box.content + offset, box.content + offset + 4));
    return bytes?.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : 0;
  };
  const defaults = new Map<number, number>();
  // When there are two entries for one track, players may use either; for a track without a time scale they use one of their
  // own.
  let isClear = true;
  const extends_ = await walker.find(movie, 'mvex');
  if (extends_ !== undefined) {
    for await (const box of walker.walk(extends_.content, extends_.end)) {
      if (box.type !== 'trex') continue;
      const id = await word(box, 4);
      isClear &&= !defaults.has(id);
      defaults.set(id, await word(box, 12));
    }
  }
  const byId = new Map<number, FragmentedTrack>();
  let haveSamples = false;
  for await (const box of walker.walk(movie.content, movie.end)) {
    if (box.type !== 'trak') continue;
    const header = await walker.find(box, 'tkhd');
    const media = await walker.find(box, 'mdia', 'mdhd');
    const id = await word(header, (await versionOf(source, header)) === 1 ? 20 : 12);
    const timescale = await word(media, (await versionOf(source, media)) === 1 ? 20 : 12);
    isClear &&= timescale > 0 && !byId.has(id);
    byId.set(id, { timescale, defaultDuration: defaults.get(id) ?? 0 });
    // `sample_count` of the tables in `moov`: a film that begins there and continues in fragments.
    for (const sizes of ['stsz', 'stz2']) {
      haveSamples ||= (await word(await walker.find(box, 'mdia', 'minf', 'stbl', sizes), 8)) > 0;
    }
  }
  return { byId, haveSamples, hasMissed: walker.hasMissed || !isClear };
}

async function versionOf(source: ByteSource, box: Box | undefined): Promise<number> {
  return box === undefined ? 0 : ((await source.read(box.content, box.content + 1))[0] ?? 0);
}
