import type { VideoFailure, VideoMetadata } from '../contract/video-metadata.ts';
import type { UploadClaims } from '../reference/upload-claims.ts';
import { compatibleMimeTypes } from '../validation/media-types.ts';

/** Containers round the duration up to whole frames and audio packets: a video of exactly the limit may measure slightly more. */
const DURATION_TOLERANCE_SECONDS = 1;

/** Reasons of the storage that say nothing of the content: because of them nothing is deleted. */
const SAYS_NOTHING: ReadonlySet<VideoFailure['code']> = new Set(['UNKNOWN', 'FETCH_FAILED']);

/** The observed facts that are compared with the declaration. */
export type ObservedFacts = Pick<VideoMetadata, 'status' | 'failure' | 'sizeBytes' | 'mimeType' | 'durationSeconds'>;

/**
 * The three outcomes of comparing what was observed with what was declared (line 4 of the contract, see `VideoStorage`).
 */
export type ContentMatch =
  | {
      /** Nothing contradicts the declaration. */
      readonly outcome: 'match';
    }
  | {
      /** The observed facts contradict the declaration. */
      readonly outcome: 'mismatch';
      /** Which fact differs, with a message for the user. */
      readonly failure: VideoFailure;
    }
  | {
      /**
       * The request set a limit on a fact that could not be observed, or the storage could not process the video and gave
       * no reason.
       */
      readonly outcome: 'undetermined';
      /** What is not known, as a message for the user. */
      readonly message: string;
    };

/** Nothing contradicts the declaration. */
const MATCH: ContentMatch = { outcome: 'match' };

/**
 * Compares what the storage observed with what the ticket declared. An unknown size or type counts as a match. If the
 * request limited the duration, but that of a ready video is unknown, the outcome is `undetermined`. A duration may
 * exceed its limit by up to one second, since containers round it up. If the storage failed to process the video without
 * knowing why, the outcome is `undetermined` too.
 */
export function matchClaims(observed: ObservedFacts, claims: UploadClaims): ContentMatch {
  const failure = findFailure(observed, claims);
  if (failure !== undefined) return { outcome: 'mismatch', failure };
  if (observed.status === 'failed') return { outcome: 'undetermined', message: ownReason(observed).message };
  const isUnknown = observed.status === 'ready' && observed.durationSeconds === undefined;
  if (isUnknown && claims.maxDurationSeconds !== undefined) {
    return { outcome: 'undetermined', message: 'The play time of the file could not be determined.' };
  }
  return MATCH;
}

function findFailure(observed: ObservedFacts, claims: UploadClaims): VideoFailure | undefined {
  const { sizeBytes, mimeType, durationSeconds = 0 } = observed;
  const { maxDurationSeconds: limit = Number.POSITIVE_INFINITY } = claims;
  if (observed.status === 'failed' && !SAYS_NOTHING.has(ownReason(observed).code)) return ownReason(observed);
  if (sizeBytes !== undefined && sizeBytes !== claims.sizeBytes) {
    const message = `The file has ${sizeBytes} bytes; ${claims.sizeBytes} were declared.`;
    return { code: 'SIZE_MISMATCH', message };
  }
  if (mimeType !== undefined && !compatibleMimeTypes(mimeType, claims.mimeType)) {
    return { code: 'TYPE_MISMATCH', message: `The file is not of the declared type ${claims.mimeType}.` };
  }
  if (durationSeconds > limit + DURATION_TOLERANCE_SECONDS) {
    return { code: 'DURATION_EXCEEDED', message: `The video is longer than the ${limit} seconds that are allowed.` };
  }
  return undefined;
}

/** Why the storage itself has failed. */
function ownReason({ failure }: ObservedFacts): VideoFailure {
  return failure ?? { code: 'UNKNOWN', message: 'The storage could not process the file.' };
}
