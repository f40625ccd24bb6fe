import { randomBytes } from 'node:crypto';
import { type Clock, toTimestamp, type UploadClaims, type VideoMetadata, VideoNotFoundError } from '@videostorage/core';
import type { ProbedVideo } from '@videostorage/media';
import { judgeFacts } from './judge-facts.ts';
import { keepsPromise } from './keeps-promise.ts';
import type { LocalParts } from './local-parts.ts';
import { readFacts } from './read-facts.ts';
import type { UploadRecord } from './upload-record.ts';
import { toVideoMetadata, type VideoRecord } from './video-record.ts';

/**
 * The truth about an upload; it becomes a video here when it is all that was promised. To be called by one at a time for each
 * upload. Whoever comes second finds the video.
 */
export async function confirmLocalUpload(
  parts: LocalParts,
  claims: UploadClaims,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<VideoMetadata> {
  const published = await parts.videos.find(claims.videoId);
  if (published !== undefined) {
    if (!keepsPromise(published.record, claims)) throw new VideoNotFoundError();
    return toVideoMetadata(published.record);
  }
  const upload = await parts.uploads.findRecord(claims.uploadId);
  const isSame = upload !== undefined && keepsPromise(upload, claims);
  const received = isSame ? await parts.videos.findReceived(upload) : undefined;
  if (upload === undefined || received === undefined) return unfinished(claims, parts.clock, { status: 'pending' });

  const facts = await readFacts(parts.files, received, options);
  const failure = judgeFacts(facts, upload);
  if (failure !== undefined || facts.outcome !== 'video') {
    return unfinished(claims, parts.clock, { status: 'failed', ...(failure !== undefined && { failure }) });
  }
  options.signal?.throwIfAborted();
  const record = videoRecord(upload, facts, parts.clock);
  await parts.videos.publish(received, record);
  await parts.uploads.removeUpload(claims.uploadId);
  return toVideoMetadata(record);
}

function unfinished(
  claims: UploadClaims,
  clock: Clock,
  state: Pick<VideoMetadata, 'status' | 'failure'>,
): VideoMetadata {
  return {
    videoId: claims.videoId,
    backendName: claims.backendName,
    playable: false,
    createdAt: toTimestamp(clock.now()),
    ...state,
  };
}

function videoRecord(upload: UploadRecord, facts: ProbedVideo, clock: Clock): VideoRecord {
  const { videoId, userId, contextId, fileName, mimeType, sizeBytes, createdAt, custom } = upload;
  const { durationSeconds, widthPixels, heightPixels, videoCodec: codec, audioCodec } = facts;
  return {
    version: 1,
    ...{ videoId, userId, contextId, fileName, mimeType, sizeBytes, durationSeconds, widthPixels, heightPixels },
    ...{ codec, audioCodec, createdAt, custom },
    uploadedAt: toTimestamp(clock.now()),
    revision: randomBytes(16).toString('hex'),
  };
}
