import {
  type CustomMetadata,
  type StoredVideo,
  toTimestamp,
  type UploadRequest,
  type VideoStatus,
} from '@videostorage/core';
import { z } from 'zod';
import type { VideoDetails } from './video-details.ts';
import { toVideoFailure, toVideoStatus } from './video-state.ts';

const MAX_CREATOR_LENGTH = 64;
const UPLOAD_CREATOR_PREFIX = 'vs-upload-';

/** What is kept with a video in `meta`; `name` is what the dashboard shows. */
export interface StreamMeta {
  readonly name: string;
  readonly uploadId: string;
  /** Different for every request that creates a video: distinguishes attempts of one upload. */
  readonly attempt: string;
  readonly contextId?: string | undefined;
  /** JSON. */
  readonly custom?: string | undefined;
}

/** Stands for the creation time of a video that has none. */
const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z';
const customSchema = z.record(z.string(), z.string());

/** `meta` of a new upload. */
export function toStreamMeta(
  request: Pick<UploadRequest, 'fileName' | 'contextId' | 'custom'> & { readonly uploadId: string },
  attempt: string,
): StreamMeta {
  const { fileName, uploadId, contextId, custom } = request;
  return {
    ...{ name: fileName, uploadId, attempt },
    ...(contextId !== undefined && { contextId }),
    ...(custom !== undefined && { custom: JSON.stringify(custom) }),
  };
}

/**
 * `creator` from the creation of an upload to its first successful confirm: a lost upload is found by it, and an unconfirmed
 * one is hidden by it.
 */
export function uploadCreator(uploadId: string): string {
  return `${UPLOAD_CREATOR_PREFIX}${uploadId}`;
}

/** Whether it is an upload that is not confirmed yet: such a video is not listed and not found. */
export function isUnconfirmed({ creator }: Pick<VideoDetails, 'creator'>): boolean {
  return creator?.startsWith(UPLOAD_CREATOR_PREFIX) === true;
}

/** A member of `meta`. The documents do not say whether the case of a tus key is kept, so both spellings are read. */
export function metaText({ meta }: Pick<VideoDetails, 'meta'>, name: keyof StreamMeta): string | undefined {
  return [meta[name], meta[name.toLowerCase()]].find(isText);
}

/** The user as `creator`: the id itself where it is ASCII, fits and no header changes it, else its SHA-256 in hex. */
export async function toCreator(userId: string): Promise<string> {
  const fits = userId.length <= MAX_CREATOR_LENGTH && /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(userId);
  // A user with such an id would be taken for an upload.
  if (fits && !isUnconfirmed({ creator: userId })) return userId;
  // Normalized as ids of users are compared. The id of an upload already is, that of a request for usage may not be.
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(userId.normalize('NFC')));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Translates a video of the API to a `StoredVideo`. */
export function toStoredVideo(details: VideoDetails): StoredVideo {
  const status = toVideoStatus(details.state);
  const { percentComplete } = details;
  const [custom, contextId, fileName] = [
    parseCustom(metaText(details, 'custom')),
    metaText(details, 'contextId'),
    metaText(details, 'name'),
  ];
  return {
    videoId: details.uid,
    status,
    playable: details.readyToStream && status !== 'failed',
    // A ready video may still be encoded further: then it is playable, and its progress is below 1.
    ...(isUnfinished(status, percentComplete) && { progress: percentComplete / 100 }),
    ...(status === 'failed' && { failure: toVideoFailure(details.errorReasonCode) }),
    ...(contextId !== undefined && { contextId }),
    ...(fileName !== undefined && { fileName }),
    ...(isUserId(details) && { userId: details.creator }),
    ...(details.sizeBytes !== undefined && { sizeBytes: details.sizeBytes }),
    ...(details.durationSeconds !== undefined && { durationSeconds: details.durationSeconds }),
    ...(details.widthPixels !== undefined && { widthPixels: details.widthPixels }),
    ...(details.heightPixels !== undefined && { heightPixels: details.heightPixels }),
    createdAt: toTimestamp(Date.parse(details.created ?? details.uploaded ?? details.modified ?? UNKNOWN_TIME)),
    ...(details.uploaded !== undefined && { uploadedAt: toTimestamp(Date.parse(details.uploaded)) }),
    ...(custom !== undefined && { custom }),
  };
}

function isUnfinished(status: VideoStatus, percentComplete: number | undefined): percentComplete is number {
  if (percentComplete === undefined) return false;
  return status === 'processing' || (status === 'ready' && percentComplete < 100);
}

/** A digest is not the id of a user. */
function isUserId(details: VideoDetails): details is VideoDetails & { readonly creator: string } {
  return details.creator !== undefined && !isUnconfirmed(details) && !/^[0-9a-f]{64}$/.test(details.creator);
}

function parseCustom(value: string | undefined): CustomMetadata | undefined {
  if (value === undefined || value.length > 2048) return undefined;
  const parsed = customSchema.safeParse(jsonOf(value));
  return parsed.success ? parsed.data : undefined;
}

/** `meta` can be edited in the dashboard: text that is not JSON is ignored. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
