import {
  type IssuedPlayback,
  type PlaybackRequest,
  type Problem,
  toTimestamp,
  ValidationError,
} from '@videostorage/core';
import { downloadUrlOf } from './download-url.ts';
import type { ObjectLocation } from './object-key.ts';
import type { S3Client } from './s3-client.ts';

/**
 * A grant by presigned GET, for buckets without a distribution. It ends with temporary credentials, where these are used.
 * @throws {ValidationError} options that need a distribution: `notBefore`, `ipRange`, HLS
 */
export async function presignedPlayback(
  s3: S3Client,
  location: ObjectLocation,
  request: PlaybackRequest,
  nowMs: number,
): Promise<IssuedPlayback> {
  const problems: Problem[] = [];
  const refuse = (path: string) =>
    problems.push({ path, code: 'OPTION_INVALID', message: `\`${path}\` needs a CloudFront distribution.` });
  if (request.notBefore !== undefined) refuse('notBefore');
  if (request.ipRange !== undefined) refuse('ipRange');
  if (request.kind !== undefined && request.kind !== 'file') refuse('kind');
  if (problems.length > 0) throw new ValidationError(problems);

  const seconds = await s3.signableSeconds(request.expiresInSeconds);
  const url = await s3.getPresignedGetUrl(location.key, seconds);
  const downloadUrl = request.downloadable === true ? await downloadUrlOf(s3, location, request, seconds) : undefined;
  return {
    access: 'url',
    sources: [{ kind: 'file', url, mimeType: location.mimeType }],
    ...(downloadUrl !== undefined && { downloadUrl }),
    expiresAt: toTimestamp(nowMs + seconds * 1000),
  };
}
