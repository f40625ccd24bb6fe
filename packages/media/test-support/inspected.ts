import { ByteSource, ReadLimitError } from '../src/thread/byte-source.ts';
import type { Finding } from '../src/thread/finding.ts';
import { inspectFile } from '../src/thread/inspect-file.ts';
import type { FeedPlan, ParsedFile, ParsedTrack } from '../src/thread/parser.ts';

/** The bytes of a name or a sentence. */
export const text = (characters: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(characters);
/** A track of picture, as the parser returns it. */
export const picture: ParsedTrack = { '@type': 'Video', Width: '320', Height: '180' };
/** What the parser returns for a file of that format. */
export const general = (Format: string, more: object = {}): ParsedTrack => ({ '@type': 'General', Format, ...more });

/** The result of an inspection. */
export interface Inspected {
  readonly finding: Finding;
  /** The plans with which the parser was called. */
  readonly plans: readonly FeedPlan[];
  /** The play time of a video. */
  readonly seconds: number | undefined;
}

/** Inspects a file with a parser that returns these answers, one for each plan. From `maxRead` on nothing may be read. */
export async function inspected(
  bytes: Uint8Array,
  answers: readonly Partial<ParsedFile>[],
  maxRead: number = Number.POSITIVE_INFINITY,
): Promise<Inspected> {
  const plans: FeedPlan[] = [];
  const source = new ByteSource(bytes.length, async (start, end) => {
    if (end > maxRead) throw new ReadLimitError();
    return bytes.subarray(start, end);
  });
  const parse = async (_source: ByteSource, plan: FeedPlan): Promise<ParsedFile> => {
    plans.push(plan);
    return { tracks: [], isFinished: true, isCutShort: false, ...answers[Math.min(plans.length, answers.length) - 1] };
  };
  const finding = await inspectFile({ parse }, source);
  return { finding, plans, seconds: finding.outcome === 'video' ? finding.durationSeconds : undefined };
}

/** Bytes that have no known format. */
export const anything: Uint8Array<ArrayBuffer> = new Uint8Array(100).fill(0x9f);
/** What the parser returns for a film of that format. */
export const film = (Format: string, Duration?: string, more: object = {}): readonly ParsedTrack[] => [
  general(Format, { ...(Duration !== undefined && { Duration }), ...more }),
  picture,
];
