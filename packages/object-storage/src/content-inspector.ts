import {
  type Clock,
  ContentUnverifiableError,
  matchClaims,
  TimeoutError,
  type UploadClaims,
  type VideoFailure,
} from '@videostorage/core';
import type { ProbedVideo, ProbeResult, RangeReader } from '@videostorage/media';
import type { Probe } from './object-video-storage-options.ts';
import { isFailureCode, MAX_MESSAGE_LENGTH, MAX_TEXT_LENGTH, type ReadyRecord } from './video-record.ts';

/** The longest time of a probe, however much the caller allows. */
const MAX_PROBE_MS = 30_000;
/** The share of the call's time for the probe; the rest is for deciding and publishing. */
const PROBE_SHARE = 0.8;

/** The facts that the inspection has read from the bytes. */
export type ObservedContent = Pick<
  ReadyRecord,
  'sizeBytes' | 'mimeType' | 'durationSeconds' | 'widthPixels' | 'heightPixels' | 'codec'
>;

/** The three outcomes of an inspection. */
export type Inspection =
  | {
      /** Nothing contradicts what was declared. */
      readonly outcome: 'match';
      /** The facts that are known. */
      readonly content: ObservedContent;
    }
  | {
      /** Proven to contradict what was declared. */
      readonly outcome: 'mismatch';
      /** What differs. */
      readonly failure: VideoFailure;
    }
  | {
      /** Could not be determined: nothing is deleted because of it. */
      readonly outcome: 'undetermined';
      /** The facts that are known nevertheless. */
      readonly content: ObservedContent;
      /** The error for the caller, unless the host app accepts unverified content. */
      readonly error: TimeoutError | ContentUnverifiableError;
    };

/** Inspects a source and compares it with what was declared; decides nothing. */
export class ContentInspector {
  readonly #probe: Probe | undefined;
  readonly #clock: Clock;

  /** `probe` undefined: only the size is compared. */
  constructor(probe: Probe | undefined, clock: Clock) {
    this.#probe = probe;
    this.#clock = clock;
  }

  /**
   * @param endsAtMs the deadline of the call; the probe ends before
   * @throws {BackendError} the store failed during a read, which is none of the outcomes
   */
  async inspect(
    reader: RangeReader,
    declared: UploadClaims,
    endsAtMs: number,
    signal: AbortSignal,
  ): Promise<Inspection> {
    const { sizeBytes } = reader;
    const unknown = { sizeBytes, mimeType: declared.mimeType };
    const bySize = compare(unknown, declared);
    if (bySize.outcome === 'mismatch' || this.#probe === undefined) return bySize;
    const callMs = Math.max(1, Math.floor((endsAtMs - this.#clock.now()) * PROBE_SHARE));
    const timeoutMs = Math.min(callMs, MAX_PROBE_MS);
    const probed = await this.#probe(reader, { signal, timeoutMs });
    if (probed.outcome === 'not-a-video') {
      return { outcome: 'mismatch', failure: toFailure(probed.failure) };
    }
    if (probed.outcome === 'undetermined') {
      return { outcome: 'undetermined', content: unknown, error: toError(probed, timeoutMs === callMs) };
    }
    return compare(toContent(unknown, probed), declared);
  }
}

function compare(content: ObservedContent, declared: UploadClaims): Inspection {
  const match = matchClaims({ ...content, status: 'ready' }, declared);
  if (match.outcome === 'match') return { outcome: 'match', content };
  if (match.outcome === 'mismatch') return match;
  return { outcome: 'undetermined', content, error: new ContentUnverifiableError(match.message) };
}

/** A timeout can be retried only when the caller's deadline was the bound. */
function toError(
  probed: ProbeResult & { readonly outcome: 'undetermined' },
  boundByCall: boolean,
): TimeoutError | ContentUnverifiableError {
  return probed.reason === 'timeout' && boundByCall
    ? new TimeoutError('The content could not be inspected in time; please try again.')
    : new ContentUnverifiableError(probed.message);
}

/** The reason of a probe of the host app, which may be one that this library does not know. */
function toFailure({ code, message }: VideoFailure): VideoFailure {
  return { code: isFailureCode(code) ? code : 'UNKNOWN', message: message.slice(0, MAX_MESSAGE_LENGTH) };
}

/** A probe of the host app may return NaN, -1, '' or nothing for an unknown fact: a record with that could never be read. */
function toContent(unknown: ObservedContent, video: ProbedVideo): ObservedContent {
  const { mimeType, durationSeconds, widthPixels, heightPixels, videoCodec } = video;
  return {
    ...unknown,
    ...(isName(mimeType) && { mimeType }),
    ...(isMeasure(durationSeconds) && { durationSeconds }),
    ...(isMeasure(widthPixels) && { widthPixels }),
    ...(isMeasure(heightPixels) && { heightPixels }),
    ...(isName(videoCodec) && { codec: videoCodec }),
  };
}

function isMeasure(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.length <= MAX_TEXT_LENGTH;
}
