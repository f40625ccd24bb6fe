import type { VideoFailure, VideoMetadata } from '../contract/video-metadata.ts';
import type { UploadClaims } from '../reference/upload-claims.ts';
import { compatibleMimeTypes } from '../validation/media-types.ts';

/** Containers round the duration up to whole frames and audio packets: a video of exactly the limit may measure slightly more. */
const DURATION_TOLERANCE_SECONDS = 1;

/** The observed facts that are compared with the declaration. */
export type ObservedFacts = Pick<VideoMetadata, 'status' | 'failure' | 'sizeBytes' | 'mimeType' | 'durationSeconds'>;

/** The three outcomes of comparing what was observed with what was declared (contract 4). */
export type ContentMatch =
  | {
      /** Nothing contradicts the declaration. */
      readonly outcome: 'match';
    }
  | {
      /** The observed facts contradict the declaration. */
      readonly outcome: 'mismatch';
      /** Which fact differs, with a sentence for the user. */
      readonly failure: VideoFailure;
    }
  | {
      /** The request set a limit on a fact that could not be observed. */
      readonly outcome: 'undetermined';
      /** Which fact is missing, as a sentence for the user. */
      readonly message: string;
    };

/** Nothing contradicts the declaration. */
const MATCH: ContentMatch = { outcome: 'match' };

/**
 * Compares what the storage observed with what the ticket declared. An unknown size or type matches, since nothing
 * contradicts it; an unknown duration of a ready video is undetermined when the request limited it. A duration may exceed
 * its limit by one second.
 */
export function matchClaims(observed: ObservedFacts, claims: UploadClaims): ContentMatch {
  const failure = findFailure(observed, claims);
  if (failure !== undefined) return { outcome: 'mismatch', failure };
  const isUnknown = observed.status === 'ready' && observed.durationSeconds === undefined;
  if (isUnknown && claims.maxDurationSeconds !== undefined) {
    return { outcome: 'undetermined', message: 'The play time of the file could not be determined.' };
  }
  return MATCH;
}

function findFailure(observed: ObservedFacts, claims: UploadClaims): VideoFailure | undefined {
  const { sizeBytes, mimeType, durationSeconds = 0 } = observed;
  const { maxDurationSeconds: limit = Number.POSITIVE_INFINITY } = claims;
  if (observed.status === 'failed') {
    return observed.failure ?? { code: 'UNKNOWN', message: 'The storage could not process the file.' };
  }
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
