import type { CustomMetadata, UploadRequest, VideoMetadata, VideoStatus } from '@videostorage/core';
import { toTimestamp } from '@videostorage/core';
import { z } from 'zod';
import type { VideoDetails } from './video-details.ts';
import { toVideoFailure, toVideoStatus } from './video-state.ts';

const MAX_CREATOR_LENGTH = 64;

/** What travels with a video in `meta`; `name` is what the dashboard shows. */
export interface StreamMeta {
  readonly name: string;
  readonly uploadId: string;
  readonly contextId: string;
  readonly custom?: string | undefined;
}

const customSchema = z.record(z.string(), z.string());

/** `meta` of a new upload. */
export function toStreamMeta(
  request: Pick<UploadRequest, 'fileName' | 'contextId' | 'custom'> & { readonly uploadId: string },
): StreamMeta {
  const { fileName, uploadId, contextId, custom } = request;
  return { name: fileName, uploadId, contextId, ...(custom !== undefined && { custom: JSON.stringify(custom) }) };
}

/** The user as `creator`: the id itself where it is ASCII, fits and no header changes it, else its SHA-256 in hex. */
export async function toCreator(userId: string): Promise<string> {
  // As ids of users are compared: an upload has it so already, a question about usage may not.
  if (userId.length <= MAX_CREATOR_LENGTH && /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(userId)) return userId;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(userId.normalize('NFC')));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A video of the API as ours. */
export function toVideoMetadata(details: VideoDetails, backendName: string): VideoMetadata {
  const status = toVideoStatus(details.state);
  const { meta, percentComplete } = details;
  const custom = parseCustom(meta['custom']);
  return {
    videoId: details.uid,
    backendName,
    status,
    playable: details.readyToStream && status !== 'failed',
    // A ready video may still be encoded further: then it is playable, and its progress is below 1.
    ...(isUnfinished(status, percentComplete) && { progress: percentComplete / 100 }),
    ...(status === 'failed' && { failure: toVideoFailure(details.errorReasonCode) }),
    ...(isText(meta['contextId']) && { contextId: meta['contextId'] }),
    ...(isText(meta['name']) && { fileName: meta['name'] }),
    // A digest is no id of a user, and tells nothing.
    ...(details.creator !== undefined && !/^[0-9a-f]{64}$/.test(details.creator) && { userId: details.creator }),
    ...(details.sizeBytes !== undefined && { sizeBytes: details.sizeBytes }),
    ...(details.durationSeconds !== undefined && { durationSeconds: details.durationSeconds }),
    ...(details.widthPixels !== undefined && { widthPixels: details.widthPixels }),
    ...(details.heightPixels !== undefined && { heightPixels: details.heightPixels }),
    createdAt: toTimestamp(Date.parse(details.created)),
    ...(details.uploaded !== undefined && { uploadedAt: toTimestamp(Date.parse(details.uploaded)) }),
    ...(custom !== undefined && { custom }),
  };
}

function isUnfinished(status: VideoStatus, percentComplete: number | undefined): percentComplete is number {
  if (percentComplete === undefined) return false;
  return status === 'processing' || (status === 'ready' && percentComplete < 100);
}

function parseCustom(value: unknown): CustomMetadata | undefined {
  if (!isText(value) || value.length > 2048) return undefined;
  const parsed = customSchema.safeParse(jsonOf(value));
  return parsed.success ? parsed.data : undefined;
}

/** Somebody may have edited `meta` in the dashboard: what is no JSON is not ours. */
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
