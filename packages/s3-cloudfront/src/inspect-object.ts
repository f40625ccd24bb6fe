import { sameMimeType, type UploadClaims, type VideoMetadata } from '@videostorage/core';
import type { S3Client } from './s3-client.ts';

/** What the bytes themselves say, by a few ranged reads: duration, size in pixels, codec, or that they are no video. */
export async function inspectObject(
  s3: S3Client,
  key: string,
  video: VideoMetadata,
  claims: UploadClaims,
  signal: AbortSignal | undefined,
): Promise<VideoMetadata> {
  // Loaded only where a host asked for it: reading containers is a large library.
  const { readVideoFile } = await import('@videostorage/media');
  const read = (start: number, end: number) => s3.readRange(key, start, end, signal);
  const facts = await readVideoFile({ sizeBytes: claims.sizeBytes, read }, { signal });
  if (!facts.isVideo) {
    const failure = { code: 'NOT_A_VIDEO', message: 'The file is not a video that can be played.' } as const;
    return { ...video, status: 'failed', playable: false, failure };
  }
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
    ...(facts.widthPixels !== undefined && { widthPixels: facts.widthPixels }),
    ...(facts.heightPixels !== undefined && { heightPixels: facts.heightPixels }),
    ...(facts.videoCodec !== undefined && { codec: facts.videoCodec }),
  };
}
