import { Server } from '@tus/server';
import { type Clock, isVideoStorageError } from '@videostorage/core';
import type { KeyedLock } from './keyed-lock.ts';
import { refuse } from './plain-answer.ts';
import type { SignedUrls } from './signed-urls.ts';
import { statusOf } from './status-of-error.ts';
import type { UploadFileStore } from './upload-file-store.ts';
import type { UploadRecord } from './upload-record.ts';
import type { VideoStore } from './video-store.ts';

/** Methods of an upload's URL. */
export const UPLOAD_METHODS = 'HEAD, PATCH, DELETE, OPTIONS';

const NOT_RECEIVED = 'Not received.\n';
const TUS_HEADERS = { 'Tus-Resumable': '1.0.0' };

/** A request whose connection is silent is given this long to end when another wants its upload. */
const LOCK_DRAIN_MS = 1000;

/** Receives bytes by tus 1.0.0 for uploads that a ticket has created: HEAD, PATCH, DELETE and OPTIONS, with leave only. */
export class UploadHandler {
  readonly #server: Server;
  readonly #uploads: UploadFileStore;
  readonly #urls: SignedUrls;
  readonly #clock: Clock;
  readonly #videos: VideoStore;
  readonly #locks: KeyedLock;

  /** Over the parts of one storage. */
  constructor(parts: {
    readonly uploads: UploadFileStore;
    readonly videos: VideoStore;
    readonly urls: SignedUrls;
    readonly locks: KeyedLock;
    readonly clock: Clock;
    readonly onFailure: (error: unknown) => void;
  }) {
    this.#uploads = parts.uploads;
    this.#urls = parts.urls;
    this.#clock = parts.clock;
    this.#videos = parts.videos;
    this.#locks = parts.locks;
    this.#server = new Server({
      path: '/uploads',
      datastore: parts.uploads,
      locker: parts.locks,
      lockDrainTimeout: LOCK_DRAIN_MS,
      getFileIdFromRequest: (request) => lastSegment(request.url),
      onResponseError: (_request, error) => {
        if (!(error instanceof Error)) return undefined;
        // The sender's own fault, which he is told.
        if (isStatusError(error)) return { status_code: error.status_code, body: NOT_RECEIVED };
        parts.onFailure(error);
        return { status_code: statusOf(error), body: NOT_RECEIVED };
      },
    });
  }

  /** Answers everything but OPTIONS. */
  async handle(request: Request, uploadId: string, query: URLSearchParams): Promise<Response> {
    if (!['HEAD', 'PATCH', 'DELETE'].includes(request.method)) return refuse(405, { Allow: UPLOAD_METHODS });
    const verdict = await this.#urls.verifyUpload(uploadId, query, this.#clock.now());
    if (verdict === 'expired') return refuse(410);
    if (verdict !== 'valid') return refuse(403);
    const published = await this.#videos.findByUpload(uploadId);
    if (published !== undefined) return answerFinished(request, published.sizeBytes);
    const record = await this.#uploads.findRecord(uploadId);
    if (record === undefined) return refuse(404, TUS_HEADERS);
    const hasAll = (await this.#videos.findReceived(record)) !== undefined;
    if (hasAll && request.method === 'HEAD') return answerFinished(request, record.sizeBytes);
    if (request.method === 'DELETE') return this.#locks.run(uploadId, () => this.#discard(request, record));
    const response = await this.#server.handleWeb(request);
    response.headers.set('Upload-Expires', new Date(record.expiresAt).toUTCString());
    return response;
  }

  /** Whoever was faster may have made it a video, which only the host deletes. */
  async #discard(request: Request, { uploadId, videoId }: UploadRecord): Promise<Response> {
    const published = await this.#videos.findByUpload(uploadId);
    if (published !== undefined) return answerFinished(request, published.sizeBytes);
    await this.#videos.discardStaged(videoId);
    await this.#uploads.removeUpload(uploadId);
    return new Response(null, { status: 204, headers: TUS_HEADERS });
  }

  /** What the server can do, for clients that ask. */
  options(request: Request): Promise<Response> {
    return this.#server.handleWeb(request);
  }
}

/** A client that lost the last answer, or asks once more, hears that all has arrived; there is nothing left to send. */
function answerFinished(request: Request, sizeBytes: number): Response {
  if (request.method !== 'HEAD') return refuse(409, TUS_HEADERS);
  const size = String(sizeBytes);
  return new Response(null, {
    status: 200,
    headers: { ...TUS_HEADERS, 'Cache-Control': 'no-store', 'Upload-Length': size, 'Upload-Offset': size },
  });
}

/** The last part of the path; only asked for URLs that were read before. */
function lastSegment(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
}

/** tus-node-server's own error class for too many bytes. */
function isStatusError(error: Error): error is Error & { readonly status_code: number } {
  return !isVideoStorageError(error) && 'status_code' in error && typeof error.status_code === 'number';
}
