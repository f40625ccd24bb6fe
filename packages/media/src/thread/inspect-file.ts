import type { ProbeContainer } from '../probe-container.ts';
import { type ByteSource, ReadLimitError } from './byte-source.ts';
import { audioCodec, videoCodec } from './codec-string.ts';
import { type Finding, malformed, notVideo } from './finding.ts';
import { isForeign } from './foreign-content.ts';
import { fragmentedDuration } from './iso-duration.ts';
import { type IsoLayout, isoLayout } from './iso-layout.ts';
import { samplesDuration } from './iso-samples.ts';
import { matroskaDuration } from './matroska-duration.ts';
import type { ParsedFile, ParsedTrack, Parser } from './parser.ts';
import { pictureOf } from './picture.ts';

const MiB = 1024 * 1024;
/** Bytes that the parser gets beside `moov`: after these it returns the same as after the whole file. */
const HEAD_BYTES = 1 * MiB;
/**
 * Bytes from the end of streams, which have their last time only there: then head and tail are fed once more, mostly from
 * memory.
 */
const TAIL_BYTES = 1 * MiB;
const STREAMS: ReadonlySet<ProbeContainer> = new Set(['mpeg-ts', 'mpeg-ps']);
/** The parser reads a recorded FLV without a duration backwards from its end after so many bytes. */
const FLV_HEAD_BYTES = 8 * MiB;
/** Formats whose header says how long they are; in others, an unfinished parser has counted a part or guessed by the bit rate. */
const WITH_DURATION: ReadonlySet<ProbeContainer> = new Set([
  ...(['webm', 'matroska', 'avi', 'asf', 'mxf', 'ogg'] as const),
]);
/** One family, which players do not distinguish. */
const ISO: ReadonlySet<ProbeContainer> = new Set(['mp4', 'quicktime']);

const CONTAINERS: Readonly<Record<string, ProbeContainer>> = {
  'MPEG-4': 'mp4',
  QuickTime: 'quicktime',
  WebM: 'webm',
  Matroska: 'matroska',
  'MPEG-TS': 'mpeg-ts',
  // With error correction after each packet, as it was received.
  'MPEG-TS 188+16': 'mpeg-ts',
  BDAV: 'mpeg-ts',
  'MPEG-PS': 'mpeg-ps',
  'MPEG Video': 'mpeg-video',
  AVI: 'avi',
  'Windows Media': 'asf',
  'Flash Video': 'flv',
  MXF: 'mxf',
  Ogg: 'ogg',
  DV: 'dv',
};
/** How much the duration in a correct header may differ from that of the blocks. */
const HEADER_TOLERANCE_SECONDS = 1;
/** Types of streams: a file that has only these is of another kind. */
const OTHER_KINDS: ReadonlySet<string> = new Set(['Audio', 'Image', 'Text']);

/**
 * Determines what a file is. @throws {ReadLimitError} the limit was reached before its tracks and its container are known; and
 * what the source throws
 */
export async function inspectFile(parser: Pick<Parser, 'parse'>, source: ByteSource): Promise<Finding> {
  if (source.sizeBytes === 0) return notVideo('The file is empty.');
  const begun = await isoLayout(source);
  const parsed = await parseByFormat(parser, source, begun);
  const picture = pictureOf(parsed.tracks);
  if (picture === undefined) return withoutPicture(source, parsed, begun);

  const layout = begun ?? (await layoutBehind(source, parsed));
  const container = containerOf(parsed, layout);
  const durationSeconds = await unlessLimited(durationOf(source, container, parsed, layout));
  const codec = await unlessLimited(videoCodec(picture.track, source, layout?.movie, container));
  const sound = parsed.tracks.find((track) => track['@type'] === 'Audio');
  const soundCodec = sound && audioCodec(sound);
  return {
    outcome: 'video',
    container,
    ...(durationSeconds !== undefined && { durationSeconds }),
    widthPixels: picture.widthPixels,
    heightPixels: picture.heightPixels,
    rotationDegrees: picture.rotationDegrees,
    ...(codec !== undefined && { videoCodec: codec }),
    ...(soundCodec !== undefined && { audioCodec: soundCodec }),
  };
}

async function parseByFormat(
  parser: Pick<Parser, 'parse'>,
  source: ByteSource,
  layout: IsoLayout | undefined,
): Promise<ParsedFile> {
  const skipsFirstBox = (layout?.start ?? 0) > 0;
  const plan = { skipsFirstBox, headBytes: HEAD_BYTES, tailBytes: 0, whole: layout?.movie };
  const parsed = await parser.parse(source, plan);
  if (parsed.isFinished) return parsed;
  const container = containerOf(parsed, layout);
  if (STREAMS.has(container)) return parser.parse(source, { ...plan, tailBytes: TAIL_BYTES });
  return container === 'flv' ? parser.parse(source, { ...plan, headBytes: FLV_HEAD_BYTES }) : parsed;
}

/** For facts of a file that is known to be a video: a fact that cannot be read within the limit is absent. */
async function unlessLimited<T>(fact: Promise<T>): Promise<T | undefined> {
  try {
    return await fact;
  } catch (error) {
    if (error instanceof ReadLimitError) return undefined;
    throw error;
  }
}

const general = ({ tracks }: ParsedFile): ParsedTrack | undefined =>
  tracks.find(({ '@type': type }) => type === 'General');

/** Brands of pictures and of sequences of them, which may have tracks as films do: ISO/IEC 23008-12, AVIF, Canon's CR3. */
const STILL_BRANDS: ReadonlySet<string> = new Set([
  ...['mif1', 'mif2', 'msf1', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'],
  ...['avci', 'avcs', 'jpeg', 'jpgs', 'vvic', 'vvis', 'avif', 'avis', 'crx '],
]);

function containerOf(parsed: ParsedFile, layout: IsoLayout | undefined): ProbeContainer {
  const format = general(parsed)?.['Format'];
  const parsedBrand = general(parsed)?.['CodecID'];
  const found = CONTAINERS[String(format)] ?? 'other';
  const brand = layout?.brand ?? parsedBrand;
  // For a brand that it does not know, the parser returns the brand as the format: `iso6` and `dash` of encoders, `XAVC` of
  // cameras.
  const isBoxes = layout !== undefined || (parsedBrand !== undefined && parsedBrand === format);
  const isIso = ISO.has(found) || (found === 'other' && isBoxes && !STILL_BRANDS.has(String(brand)));
  if (!isIso) return found;
  if (brand === undefined) return layout === undefined ? found : 'quicktime';
  return brand === 'qt  ' ? 'quicktime' : 'mp4';
}

/**
 * The layout of a film that begins with an unusual box, which players skip. Undefined when no film follows it, or when only the
 * parser recognises one. @throws {ReadLimitError} it may be a film, but the walk did not reach its tracks
 */
async function layoutBehind(source: ByteSource, parsed: ParsedFile): Promise<IsoLayout | undefined> {
  const found = containerOf(parsed, undefined);
  if (!ISO.has(found) && found !== 'other') return undefined;
  const walk = isoLayout(source, true);
  const layout = await (ISO.has(found) ? unlessLimited(walk) : walk);
  // Otherwise a film would be refused as another kind of file because not enough of it was read.
  if (found === 'other' && layout?.movie === undefined && layout?.isConclusive === false) throw new ReadLimitError();
  return layout?.movie && layout;
}

/** Undefined when only a lower bound or a guess is known. */
async function durationOf(
  source: ByteSource,
  container: ProbeContainer,
  parsed: ParsedFile,
  layout: IsoLayout | undefined,
): Promise<number | undefined> {
  const stated = statedDuration(parsed);
  const found = parsed.tracks.filter(isShown).length;
  if (container === 'webm' || container === 'matroska') {
    const counted = await matroskaDuration(source);
    // A header may contain any duration. Without other evidence it is used only for a single picture, and not when no blocks
    // were found.
    if (!counted) return counted === 0 ? stated : undefined;
    // A correct header is exact; blocks have the time when the last frame begins, but not how long it is shown.
    const isRight = stated !== undefined && Math.abs(stated - counted) < HEADER_TOLERANCE_SECONDS;
    return isRight ? stated : counted + frameSeconds(parsed);
  }
  if (layout?.firstFragment !== undefined) {
    const counted = await fragmentedDuration(source, layout, found);
    // The parser adds up the samples that it has read; a player plays gaps between fragments as well.
    const added = parsed.isFinished ? stated : undefined;
    return counted === undefined || added === undefined ? (counted ?? added) : Math.max(counted, added);
  }
  if (layout?.movie !== undefined) {
    // A header may contain any duration. Players play the samples, and those of fragments that the walk may not have reached.
    return layout.isConclusive ? samplesDuration(source, layout.movie, found) : undefined;
  }
  // The duration in its header is not used here either.
  if (ISO.has(container)) return undefined;
  return parsed.isFinished || WITH_DURATION.has(container) || STREAMS.has(container) ? stated : undefined;
}

function isShown({ '@type': type }: ParsedTrack): boolean {
  return type === 'Video' || type === 'Audio';
}

function frameSeconds(parsed: ParsedFile): number {
  const rate = Number.parseFloat(String(general(parsed)?.['FrameRate']));
  return rate >= 1 ? 1 / rate : 0;
}

function statedDuration(parsed: ParsedFile): number | undefined {
  const seconds = Number.parseFloat(String(general(parsed)?.['Duration']));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

async function withoutPicture(source: ByteSource, parsed: ParsedFile, layout: IsoLayout | undefined): Promise<Finding> {
  const kinds = new Set(parsed.tracks.map((track) => track['@type']));
  if (kinds.has('Video')) return { outcome: 'undetermined', reason: 'unreadable' };
  if ([...kinds].some((kind) => OTHER_KINDS.has(kind))) {
    // The part that was not read may describe a picture.
    if (parsed.isCutShort || (await mayHideTracks(source, parsed, layout))) throw new ReadLimitError();
    return notVideo('The file contains no video track.');
  }
  const isCut = layout?.movie === undefined ? layout?.isConclusive === true : layout.movie.end > source.sizeBytes;
  if (isCut) return malformed('The file is damaged or incomplete: the part that describes the video is missing.');
  if (isForeign(await source.readOn(0))) return notVideo('The file is not a video.');
  const isKnown = layout !== undefined || general(parsed)?.['Format'] !== undefined;
  return { outcome: 'undetermined', reason: isKnown ? 'unreadable' : 'unrecognised' };
}

/**
 * Whether a film may have tracks that the parser did not reach, because it was stopped before the end of the box that describes
 * them.
 */
async function mayHideTracks(source: ByteSource, parsed: ParsedFile, begun: IsoLayout | undefined): Promise<boolean> {
  if (parsed.isFinished || begun?.movie !== undefined || begun?.isConclusive === true) return false;
  return ISO.has(containerOf(parsed, begun ?? (await layoutBehind(source, parsed))));
}
