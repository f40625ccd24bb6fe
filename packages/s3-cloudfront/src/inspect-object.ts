import { ContentUnverifiableError, type StoredVideo, TimeoutError, type UploadClaims } from '@videostorage/core';
import type { S3Client } from './s3-client.ts';

/**
 * What the bytes themselves say, by a few ranged reads: duration, size in pixels, codec, or that they are not a video.
 * @throws {TimeoutError} not determined in time @throws {ContentUnverifiableError} not to be determined; the bytes are kept
 */
export async function inspectObject(
  s3: S3Client,
  key: string,
  video: StoredVideo,
  claims: UploadClaims,
  signal: AbortSignal | undefined,
): Promise<StoredVideo> {
  // Loaded only where a host asked for it.
  const { probeVideo } = await import('@videostorage/media');
  const read = (start: number, end: number) => s3.readRange(key, start, end, signal);
  const facts = await probeVideo({ sizeBytes: claims.sizeBytes, read }, { signal });
  // Not determined is neither a match nor a mismatch: the bytes stay.
  if (facts.outcome === 'undetermined') {
    throw facts.reason === 'timeout' ? new TimeoutError(facts.message) : new ContentUnverifiableError(facts.message);
  }
  if (facts.outcome === 'not-a-video') return { ...video, status: 'failed', playable: false, failure: facts.failure };
  // The template compares the type by the one rule for all backends.
  return {
    ...video,
    mimeType: facts.mimeType,
    ...(facts.durationSeconds !== undefined && { durationSeconds: facts.durationSeconds }),
    widthPixels: facts.widthPixels,
    heightPixels: facts.heightPixels,
    ...(facts.videoCodec !== undefined && { codec: facts.videoCodec }),
  };
}
