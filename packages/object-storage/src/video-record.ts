import type { CustomMetadata, Timestamp, VideoFailure } from '@videostorage/core';
import { isRandomId } from '@videostorage/core';
import { z } from 'zod';
import { parseJson } from './parse-json.ts';

/** The members of every record. A record is the decision about one upload. */
export interface RecordBase {
  /** Version of the layout. */
  readonly version: 1;
  /** The video of this upload id. */
  readonly videoId: string;
  /** When it was decided. */
  readonly decidedAt: Timestamp;
}

/** The upload was published as a video, with the facts of the inspected source. */
export interface ReadyRecord extends RecordBase {
  /** Distinguishes the decisions. */
  readonly state: 'ready';
  /** Id of the confirm attempt whose source was published, 32 hexadecimal digits. */
  readonly revision: string;
  /** The uploader. */
  readonly userId: string;
  /** What the video belongs to in the host app; absent when the request did not say. */
  readonly contextId?: string;
  /** Display name. */
  readonly fileName: string;
  /** The host app's own short strings. */
  readonly custom?: CustomMetadata;
  /** When the upload was created. */
  readonly createdAt: Timestamp;
  /** Size that was observed. */
  readonly sizeBytes: number;
  /** Canonical type, as observed, or as declared when the content was not inspected. */
  readonly mimeType: string;
  /** Duration that was observed; absent when unknown. */
  readonly durationSeconds?: number;
  /** Display width that was observed, after rotation; absent when unknown. */
  readonly widthPixels?: number;
  /** Display height that was observed, after rotation; absent when unknown. */
  readonly heightPixels?: number;
  /** Codec that was observed, by RFC 6381; absent when unknown. */
  readonly codec?: string;
}

/** The upload was refused, because its content certainly contradicts what was declared. Its bytes are removed. */
export interface RejectedRecord extends RecordBase {
  /** Distinguishes the decisions. */
  readonly state: 'rejected';
  /** The uploader. Only this user may learn of the refusal. */
  readonly userId: string;
  /** The reason, which every later confirm returns. */
  readonly failure: VideoFailure;
  /** Identifies the purge of the upload's copies at the edge. */
  readonly purgeId: string;
}

/** The upload was cancelled before it was confirmed, or was not confirmed in time. */
export interface AbortedRecord extends RecordBase {
  /** Distinguishes the decisions. */
  readonly state: 'aborted';
  /** Identifies the purge of the upload's copies at the edge. */
  readonly purgeId: string;
}

/** The video was deleted. Only another deletion overwrites this record. It contains nothing about the owner. */
export interface DeletedRecord extends RecordBase {
  /** Distinguishes the decisions. */
  readonly state: 'deleted';
  /** Identifies this deletion, its purge of the edge, and the document that says that it is complete. */
  readonly purgeId: string;
}

/**
 * The document `claims/<uploadId>.<purgeId>`: says that this deletion is complete. It is a separate document, so that a
 * process that completes an earlier deletion does not overwrite a later one.
 */
export interface CompletedDeletion {
  /** Version of the layout. */
  readonly version: 1;
  /** Versions remain that may not be removed. */
  readonly retained: boolean;
}

/** The document `records/<uploadId>.json`: the decision about an upload. */
export type VideoRecord = ReadyRecord | RejectedRecord | AbortedRecord | DeletedRecord;

/** An upload that never became a video; none of its bytes may remain. */
export type UndoneRecord = RejectedRecord | AbortedRecord;

/** Longest name, id or codec of a record, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 512;
/** Longest reason of a refusal in a record, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 1000;

const timestamp = z.iso.datetime({ precision: 3 });
const purgeId = z.string().refine(isRandomId);
const base = { version: z.literal(1), videoId: z.string().min(1).max(64), decidedAt: timestamp };
const text = z.string().min(1).max(MAX_TEXT_LENGTH);
const failureCodes = [
  'SIZE_MISMATCH',
  'TYPE_MISMATCH',
  'NOT_A_VIDEO',
  'DURATION_EXCEEDED',
  'DURATION_TOO_SHORT',
  'MALFORMED',
  'FETCH_FAILED',
  'UNKNOWN',
] as const satisfies readonly VideoFailure['code'][];

/** Whether a record may contain this reason of a refusal. */
export function isFailureCode(code: string): code is VideoFailure['code'] {
  return failureCodes.some((known) => known === code);
}

/** Accepts exactly what this version writes. */
const videoRecordSchema: z.ZodType<VideoRecord> = z.discriminatedUnion('state', [
  z.strictObject({
    ...base,
    state: z.literal('ready'),
    revision: purgeId,
    userId: text,
    contextId: text.exactOptional(),
    fileName: text,
    custom: z.record(z.string().max(64), z.string().max(512)).exactOptional(),
    createdAt: timestamp,
    sizeBytes: z.number().int().nonnegative(),
    mimeType: text,
    durationSeconds: z.number().nonnegative().exactOptional(),
    widthPixels: z.number().nonnegative().exactOptional(),
    heightPixels: z.number().nonnegative().exactOptional(),
    codec: text.exactOptional(),
  }),
  z.strictObject({
    ...base,
    state: z.literal('rejected'),
    userId: text,
    failure: z.strictObject({ code: z.enum(failureCodes), message: z.string().max(MAX_MESSAGE_LENGTH) }),
    purgeId,
  }),
  z.strictObject({ ...base, state: z.literal('aborted'), purgeId }),
  z.strictObject({ ...base, state: z.literal('deleted'), purgeId }),
]);

/** Accepts exactly what this version writes. */
export const completedDeletionSchema: z.ZodType<CompletedDeletion> = z.strictObject({
  version: z.literal(1),
  retained: z.boolean(),
});

/** Reads the text of `records/<uploadId>.json`. @throws {BackendError} `BACKEND_BAD_RESPONSE`: this version does not write such a document */
export function parseVideoRecord(key: string, text: string): VideoRecord {
  return parseJson(`The document ${key}`, text, videoRecordSchema);
}

/** Whether the upload never became a video: every reader of such a record removes what remains of it. */
export function isUndone(record: VideoRecord): record is UndoneRecord {
  return record.state === 'rejected' || record.state === 'aborted';
}
