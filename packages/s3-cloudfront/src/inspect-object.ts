import { sameMimeType, TimeoutError, type UploadClaims, type VideoMetadata } from '@videostorage/core';
import type { S3Client } from './s3-client.ts';

/**
 * What the bytes themselves say, by a few ranged reads: duration, size in pixels, codec, or that they are not a video.
 * @throws {TimeoutError} when that could not be determined
 */
export async function inspectObject(
  s3: S3Client,
  key: string,
  video: VideoMetadata,
  claims: UploadClaims,
  signal: AbortSignal | undefined,
): Promise<VideoMetadata> {
  // Loaded only where a host asked for it.
  const { probeVideo } = await import('@videostorage/media');
  const read = (start: number, end: number) => s3.readRange(key, start, end, signal);
  const facts = await probeVideo({ sizeBytes: claims.sizeBytes, read }, { signal });
  // No verdict: the bytes stay, and the same call may find out later.
  if (facts.outcome === 'undetermined') throw new TimeoutError(facts.message);
  if (facts.outcome === 'not-a-video') return { ...video, status: 'failed', playable: false, failure: facts.failure };
  if (!sameMimeType(facts.mimeType, claims.mimeType)) {
    const failure = {
      code: 'TYPE_MISMATCH',
      message: `The file is not of the announced type ${claims.mimeType}.`,
    } as const;
    return { ...video, status: 'failed', playable: false, failure };
  }
  return {
    ...video,
    ...(facts.durationSeconds !== undefined && { durationSeconds: facts.durationSeconds }),
    widthPixels: facts.widthPixels,
    heightPixels: facts.heightPixels,
    ...(facts.videoCodec !== undefined && { codec: facts.videoCodec }),
  };
}
