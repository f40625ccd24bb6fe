import {
  type IssuedPlayback,
  type PlaybackRequest,
  type Problem,
  parseObjectVideoId,
  ValidationError,
  VideoNotFoundError,
} from '@videostorage/core';
import type { SignedUrls } from './signed-urls.ts';

/**
 * Signs a playback grant, without reading the disk. @throws {ValidationError} an option that a signed URL cannot enforce
 * @throws {VideoNotFoundError}
 */
export async function issueLocalPlayback(
  urls: SignedUrls,
  videoId: string,
  request: PlaybackRequest,
): Promise<IssuedPlayback> {
  const parsed = parseObjectVideoId(videoId);
  if (parsed === undefined) throw new VideoNotFoundError();
  const { notBefore, downloadable, downloadName } = request;
  const expiresAtMs = Date.parse(request.expiresAt);
  const notBeforeMs = notBefore === undefined ? undefined : Date.parse(notBefore);
  refuseWhatCannotBeEnforced(request);

  const grant = { videoId, expiresAtMs, notBeforeMs };
  const url = await urls.playbackUrl({ ...grant, isDownload: false });
  return {
    access: 'url',
    sources: [{ kind: 'file', url, mimeType: parsed.mimeType }],
    ...(downloadable && { downloadUrl: await urls.playbackUrl({ ...grant, isDownload: true, downloadName }) }),
  };
}

function refuseWhatCannotBeEnforced({ kind, ipRange }: PlaybackRequest): void {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string) => problems.push({ path, code: 'OPTION_INVALID', message });
  if (kind !== undefined && kind !== 'file') {
    refuse('kind', 'This storage plays the file itself: `kind` must be `file`.');
  }
  // Behind a proxy the storage sees the proxy's address, and anybody can write a header that names another one.
  if (ipRange !== undefined) refuse('ipRange', 'This storage cannot bind a grant to an address; leave `ipRange` out.');
  if (problems.length > 0) throw new ValidationError(problems);
}
