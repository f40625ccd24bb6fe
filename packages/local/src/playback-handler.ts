import { dirname } from 'node:path';
import { BackendError, type Clock, contentDisposition, parseObjectVideoId } from '@videostorage/core';
import { type ReadyRecord, videoKey } from '@videostorage/object-storage';
import { parseByteRange } from './byte-range.ts';
import { respondWithSegment } from './file-body.ts';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { refuse } from './plain-answer.ts';
import { evaluatePreconditions, rangeStillFits } from './preconditions.ts';
import type { PublishedVideos } from './published-videos.ts';
import { SharedFiles } from './shared-files.ts';
import { checkGrant, type PlaybackGrant, type SignedUrls } from './signed-urls.ts';
import type { StoreFolders } from './store-folders.ts';

/** Methods of a video's URL. */
export const PLAYBACK_METHODS = 'GET, HEAD, OPTIONS';

/**
 * A player requests many parts per second, so the result of checking the file is used again for this long. The record, which a
 * delete overwrites first, is checked for each part.
 */
const CHECK_MS = 1000;
const MAX_CHECKS = 1000;

/** The parts of the handler. */
export interface PlaybackHandlerParts {
  /** The computer's files. */
  readonly files: FileFunctions;
  /** Where everything is kept. */
  readonly folders: StoreFolders;
  /** What may be served. */
  readonly videos: PublishedVideos;
  /** Verify playback URLs. */
  readonly urls: SignedUrls;
  /** Decides what has expired. */
  readonly clock: Pick<Clock, 'now'>;
  /** Called when the bytes of a video could not be read. */
  readonly onFailure: (error: unknown, videoId: string) => void;
}

/** Sends confirmed videos to holders of a grant (RFC 9110: ranges, conditions, HEAD). */
export class PlaybackHandler {
  readonly #parts: PlaybackHandlerParts;
  readonly #reading: SharedFiles;
  readonly #checks = new Map<string, { readonly sizeBytes: number; readonly atMs: number }>();

  constructor(parts: PlaybackHandlerParts) {
    this.#parts = parts;
    this.#reading = new SharedFiles(parts.files);
  }

  /** Answers GET and HEAD. */
  async handle(request: Request, videoId: string, query: URLSearchParams): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, { Allow: PLAYBACK_METHODS });
    const { urls, clock, videos } = this.#parts;
    const grant = await urls.readPlayback(videoId, query);
    if (grant === undefined || checkGrant(grant, clock.now()) !== 'valid') return refuse(403);
    const { uploadId } = parseObjectVideoId(videoId) ?? {};
    if (uploadId === undefined) return refuse(404);
    // Checked in parallel, since every range waits for this.
    const path = this.#parts.folders.path(videoKey(videoId));
    const [video, sizeBytes] = await Promise.all([videos.find(uploadId), this.#sizeOf(path)]);
    if (video?.videoId !== videoId || sizeBytes === undefined) return refuse(404);
    if (sizeBytes !== video.sizeBytes) {
      throw new BackendError(
        'BACKEND_BAD_RESPONSE',
        'The file of a video has another size than its record says; restore the file from a backup, or delete the video.',
      );
    }
    return this.#send(request, grant, video, path);
  }

  #send(request: Request, grant: PlaybackGrant, video: ReadyRecord, path: string): Response {
    const lastModifiedMs = Date.parse(video.decidedAt);
    const validators = { etag: `"${video.revision}"`, lastModifiedMs };
    const headers = new Headers({
      'Accept-Ranges': 'bytes',
      // Only the viewer's own browser may keep it, and must revalidate it each time, so that an expired grant or a deleted
      // video takes effect at once.
      'Cache-Control': 'private, no-cache',
      'Content-Disposition': dispositionOf(grant),
      'Content-Type': video.mimeType,
      'Cross-Origin-Resource-Policy': 'cross-origin',
      ETag: validators.etag,
      'Last-Modified': new Date(lastModifiedMs).toUTCString(),
    });
    const precondition = evaluatePreconditions(request.headers, validators);
    if (precondition === 'failed') return refuse(412);
    if (precondition === 'not-modified') return new Response(null, { status: 304, headers });

    const size = video.sizeBytes;
    const asked = request.method === 'GET' && rangeStillFits(request.headers, validators);
    const range = asked ? parseByteRange(request.headers.get('range'), size) : undefined;
    if (range === 'unsatisfiable') return refuse(416, { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes */${size}` });
    const segment = range ?? { start: 0, end: size };
    headers.set('Content-Length', String(segment.end - segment.start));
    if (range !== undefined) headers.set('Content-Range', `bytes ${range.start}-${range.end - 1}/${size}`);
    const status = range === undefined ? 200 : 206;
    if (request.method === 'HEAD') return new Response(null, { status, headers });

    const onFailure = (error: unknown) => this.#parts.onFailure(error, video.videoId);
    const file = { files: this.#reading, path, range: segment, onFailure };
    return respondWithSegment(request, { status, headers }, file);
  }

  /** Undefined when there is no file, or when the file or its folder is a link. */
  async #sizeOf(path: string): Promise<number | undefined> {
    const known = this.#checks.get(path);
    if (known !== undefined && performance.now() - known.atMs < CHECK_MS) return known.sizeBytes;
    this.#checks.delete(path);
    const { files } = this.#parts;
    try {
      const [folder, file] = await Promise.all([files.lstat(dirname(path)), files.lstat(path)]);
      if (!folder.isDirectory() || !file.isFile()) return undefined;
      this.#checks.set(path, { sizeBytes: file.size, atMs: performance.now() });
      const [oldest] = this.#checks.keys();
      if (this.#checks.size > MAX_CHECKS && oldest !== undefined) this.#checks.delete(oldest);
      return file.size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** Contains no name unless the host app passed `downloadName`. */
function dispositionOf({ isDownload, downloadName, videoId }: PlaybackGrant): string {
  if (!isDownload) return 'inline';
  return contentDisposition('attachment', downloadName ?? `video.${parseObjectVideoId(videoId)?.extension ?? 'bin'}`);
}
