import { type Clock, contentDisposition } from '@videostorage/core';
import { parseByteRange } from './byte-range.ts';
import { fileBody } from './file-body.ts';
import { isMissing } from './file-error.ts';
import { type FileFunctions, READ_NO_FOLLOW } from './file-functions.ts';
import { refuse } from './plain-answer.ts';
import { evaluatePreconditions, rangeStillFits } from './preconditions.ts';
import { judgeLeave, type PlaybackLeave, type SignedUrls } from './signed-urls.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoStore } from './video-store.ts';

/** Methods of a video's URL. */
export const PLAYBACK_METHODS = 'GET, HEAD, OPTIONS';

/** Sends confirmed videos to those who have leave (RFC 9110: ranges, conditions, HEAD). */
export class PlaybackHandler {
  readonly #files: FileFunctions;
  readonly #videos: VideoStore;
  readonly #urls: SignedUrls;
  readonly #clock: Clock;

  /** Over the parts of one storage. */
  constructor(parts: {
    readonly files: FileFunctions;
    readonly videos: VideoStore;
    readonly urls: SignedUrls;
    readonly clock: Clock;
  }) {
    this.#files = parts.files;
    this.#videos = parts.videos;
    this.#urls = parts.urls;
    this.#clock = parts.clock;
  }

  /** Answers GET and HEAD. */
  async handle(request: Request, videoId: string, query: URLSearchParams): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, { Allow: PLAYBACK_METHODS });
    const leave = await this.#urls.readPlayback(videoId, query);
    if (leave === undefined || judgeLeave(leave, this.#clock.now()) !== 'valid') return refuse(403);
    const video = await this.#videos.find(videoId);
    if (video === undefined) return refuse(404);
    return this.#send(request, leave, video.record, video.location.source);
  }

  async #send(request: Request, leave: PlaybackLeave, record: VideoRecord, source: string): Promise<Response> {
    const lastModifiedMs = Date.parse(record.uploadedAt);
    const validators = { etag: `"${record.revision}"`, lastModifiedMs };
    const headers = new Headers({
      'Accept-Ranges': 'bytes',
      // Kept by its bearer alone, and asked for again each time: a leave that ended and a video that is gone show at once.
      'Cache-Control': 'private, no-cache',
      'Content-Disposition': contentDisposition(leave.isDownload ? 'attachment' : 'inline', record.fileName),
      'Content-Type': record.mimeType,
      'Cross-Origin-Resource-Policy': 'cross-origin',
      ETag: validators.etag,
      'Last-Modified': new Date(lastModifiedMs).toUTCString(),
    });
    const precondition = evaluatePreconditions(request.headers, validators);
    if (precondition === 'failed') return refuse(412);
    if (precondition === 'not-modified') return new Response(null, { status: 304, headers });

    const size = record.sizeBytes;
    const asked = request.method === 'GET' && rangeStillFits(request.headers, validators);
    const range = asked ? parseByteRange(request.headers.get('range'), size) : undefined;
    if (range === 'unsatisfiable') return refuse(416, { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes */${size}` });
    const { start, end } = range ?? { start: 0, end: size };
    headers.set('Content-Length', String(end - start));
    if (range !== undefined) headers.set('Content-Range', `bytes ${start}-${end - 1}/${size}`);
    const status = range === undefined ? 200 : 206;
    if (request.method === 'HEAD') return new Response(null, { status, headers });

    const handle = await this.#open(source);
    if (handle === undefined) return refuse(404);
    return new Response(fileBody(handle, { start, end }, request.signal), { status, headers });
  }

  /** Undefined when the video was deleted meanwhile. */
  async #open(source: string): Promise<Awaited<ReturnType<FileFunctions['open']>> | undefined> {
    try {
      return await this.#files.open(source, READ_NO_FOLLOW);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
