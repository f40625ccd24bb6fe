import {
  type Playback,
  type PlaybackRequest,
  type Problem,
  parseObjectVideoId,
  toTimestamp,
  ValidationError,
  VideoNotFoundError,
} from '@videostorage/core';
import type { SignedUrls } from './signed-urls.ts';

/** Signs leave to play; asks no disk. @throws {ValidationError} what a signed URL cannot promise @throws {VideoNotFoundError} */
export async function issueLocalPlayback(
  urls: SignedUrls,
  videoId: string,
  request: PlaybackRequest,
  nowMs: number,
): Promise<Playback> {
  const parsed = parseObjectVideoId(videoId);
  if (parsed === undefined) throw new VideoNotFoundError();
  const expiresAtMs = nowMs + request.expiresInSeconds * 1000;
  const notBeforeMs = request.notBefore === undefined ? undefined : Date.parse(request.notBefore);
  refuseWhatCannotBeKept(request, expiresAtMs, notBeforeMs);

  const leave = { videoId, expiresAtMs, notBeforeMs };
  const url = await urls.playbackUrl({ ...leave, isDownload: false });
  return {
    videoId,
    kind: 'file',
    url,
    sources: [{ kind: 'file', url, mimeType: parsed.mimeType }],
    ...(request.downloadable && { downloadUrl: await urls.playbackUrl({ ...leave, isDownload: true }) }),
    access: 'url',
    expiresAt: toTimestamp(expiresAtMs),
    renewAfter: toTimestamp(nowMs + Math.floor((expiresAtMs - nowMs) * 0.8)),
  };
}

function refuseWhatCannotBeKept(
  { kind, ipRange }: PlaybackRequest,
  expiresAtMs: number,
  notBeforeMs: number | undefined,
): void {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string) => problems.push({ path, code: 'OPTION_INVALID', message });
  if (kind !== undefined && kind !== 'file')
    refuse('kind', 'This storage plays the file itself: the kind must be file.');
  // Behind a proxy the address that is seen is the proxy's, and a header that names another can be written by anybody.
  if (ipRange !== undefined) refuse('ipRange', 'This storage cannot bind a leave to an address.');
  if (notBeforeMs !== undefined && notBeforeMs >= expiresAtMs) {
    refuse('notBefore', 'The leave must begin before it ends.');
  }
  if (problems.length > 0) throw new ValidationError(problems);
}
