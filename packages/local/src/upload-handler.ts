import { join } from 'node:path';
import { Server } from '@tus/server';
import type { Clock, Secret } from '@videostorage/core';
import type { Disk } from './disk.ts';
import type { FileFunctions } from './file-functions.ts';
import { refuse } from './plain-answer.ts';
import type { PublishedVideos } from './published-videos.ts';
import { isBodyRead, readBodyError } from './read-body.ts';
import { requireFolder } from './require-folder.ts';
import { nameSentFile, type SentFile } from './sent-file.ts';
import type { SentFileStore } from './sent-file-store.ts';
import type { SignedUrls } from './signed-urls.ts';
import { statusOf } from './status-of-error.ts';
import type { StoreFolders } from './store-folders.ts';
import { refuseByProtocol, TUS_HEADERS, toPatch } from './tus-protocol.ts';

/** Methods of an upload's URL. */
export const UPLOAD_METHODS = 'HEAD, PATCH, DELETE, POST, OPTIONS';

const NOT_RECEIVED = 'Not received.\n';
const OWN_METHODS: readonly string[] = ['HEAD', 'PATCH', 'DELETE'];

/** A sender is given this long to end when another one comes to resume. */
const LOCK_DRAIN_MS = 1000;

/** The parts of the handler. */
export interface UploadHandlerParts {
  /** The computer's files. */
  readonly files: FileFunctions;
  /** Durable sequences of them. */
  readonly disk: Disk;
  /** Where everything is kept. */
  readonly folders: StoreFolders;
  /** Writes the bytes. */
  readonly sent: SentFileStore;
  /** Which uploads have become videos. */
  readonly videos: PublishedVideos;
  /** Verify upload URLs. */
  readonly urls: SignedUrls;
  /** All secrets that the names of sent files may have been made with. */
  readonly secrets: readonly Secret[];
  /** Decides what has expired. */
  readonly clock: Pick<Clock, 'now'>;
  /** Called when bytes could not be written. */
  readonly onFailure: (error: unknown) => void;
}

/** Receives bytes by tus 1.0.0 for uploads that a ticket has created: HEAD, PATCH, DELETE and OPTIONS, by signed URL. */
export class UploadHandler {
  readonly #parts: UploadHandlerParts;
  readonly #server: Server;

  constructor(parts: UploadHandlerParts) {
    this.#parts = parts;
    this.#server = new Server({
      path: '/uploads',
      datastore: parts.sent,
      locker: parts.sent,
      lockDrainTimeout: LOCK_DRAIN_MS,
      onResponseError: (_request, error) => {
        if (!(error instanceof Error)) return undefined;
        // The sender's own fault, and answered as such.
        if (isStatusError(error)) return { status_code: error.status_code, body: NOT_RECEIVED };
        parts.onFailure(error);
        return { status_code: statusOf(error), body: NOT_RECEIVED };
      },
    });
  }

  /** Answers everything but OPTIONS. */
  async handle(request: Request, file: SentFile, query: URLSearchParams): Promise<Response> {
    const method = methodOf(request);
    if (!OWN_METHODS.includes(method)) return refuse(405, { Allow: UPLOAD_METHODS });
    const { urls, clock, disk, files, folders } = this.#parts;
    const { validity, expiresAtMs } = await urls.verifyUpload(file.name, query, clock.now());
    if (validity === 'expired') return refuse(410);
    if (validity !== 'valid') return refuse(403);
    const refusal = refuseByProtocol(method, request.headers);
    if (refusal !== undefined) return refusal;
    const path = join(folders.uploads, file.name);
    const facts = await disk.facts(path);
    if (facts === undefined) {
      await requireFolder(files, folders.uploads);
      return (await this.#isPublished(file)) ? answerOffset(method, file, file.sizeBytes) : refuse(404, TUS_HEADERS);
    }
    if (method === 'DELETE') {
      // An upload that was confirmed meanwhile has a source of its own, and stays.
      if (await this.#isPublished(file)) return refuse(409, TUS_HEADERS);
      await disk.remove(path);
      return new Response(null, { status: 204, headers: TUS_HEADERS });
    }
    const expires = { 'Upload-Expires': new Date(expiresAtMs).toUTCString() };
    if (method === 'HEAD') return answerOffset(method, file, facts.sizeBytes, expires);
    if (isBodyRead(request)) throw readBodyError();
    const response = await this.#server.handleWeb(toPatch(request, file.name));
    response.headers.set('Upload-Expires', expires['Upload-Expires']);
    return response;
  }

  /** What the server can do, for clients that ask. */
  options(request: Request): Promise<Response> {
    return this.#server.handleWeb(request);
  }

  /** Whether the upload of this very owner and size has become a video. */
  async #isPublished({ name, uploadId }: SentFile): Promise<boolean> {
    const video = await this.#parts.videos.find(uploadId);
    return (
      video !== undefined &&
      this.#parts.secrets.some((secret) => nameSentFile({ ...video, uploadId }, [secret]) === name)
    );
  }
}

/** By HEAD a client that lost the last answer learns how much has arrived, without a lock: its sender is not disturbed. */
function answerOffset(
  method: string,
  { sizeBytes }: SentFile,
  offset: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  if (method !== 'HEAD') return refuse(409, TUS_HEADERS);
  const upload = { 'Upload-Length': String(sizeBytes), 'Upload-Offset': String(offset) };
  return new Response(null, {
    status: 200,
    headers: { ...TUS_HEADERS, 'Cache-Control': 'no-store', ...upload, ...headers },
  });
}

/** A client behind a proxy that knows no PATCH names it in a header (tus 1.0.0, X-HTTP-Method-Override). */
function methodOf(request: Request): string {
  const override = request.headers.get('x-http-method-override')?.trim().toUpperCase();
  return OWN_METHODS.find((method) => method === override) ?? request.method;
}

/** An error of tus-node-server, or one of ours with the same properties. */
function isStatusError(error: Error): error is Error & { readonly status_code: number } {
  return typeof Reflect.get(error, 'status_code') === 'number';
}
