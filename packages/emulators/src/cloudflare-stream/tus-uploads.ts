import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Server, Upload } from '@tus/server';
import { untilClosed } from '../shared/until-closed.ts';
import { enforceChunkRules } from './chunk-rules.ts';
import type { Encoder } from './encoder.ts';
import { badRequest, notFound, StreamRefusal } from './stream-refusal.ts';
import { TusStore } from './tus-store.ts';
import { allowEveryOrigin } from './upload-cors.ts';
import type { VideoLibrary } from './video-library.ts';

/** 30 GB, for any upload. */
export const MAX_UPLOAD_BYTES: number = 30_000_000_000;

/** The headers of a PATCH or HEAD that the emulator reads. */
const COUNTING_HEADERS: ReadonlySet<string> = new Set([
  ...['content-length', 'content-type', 'tus-resumable', 'upload-length', 'upload-offset'],
]);

interface Transfer {
  readonly uid: string;
  readonly lengthBytes: number;
}

/** Resumable uploads by tus 1.0.0: HEAD and PATCH only. */
export class TusUploads {
  readonly #transfers = new Map<string, Transfer>();
  readonly #store: TusStore;
  readonly #server: Server;
  readonly #library: VideoLibrary;
  readonly #folder: string;

  /** The folder must exist. */
  constructor(parts: {
    readonly library: VideoLibrary;
    readonly encoder: Encoder;
    readonly folder: string;
    readonly keepsInterruptedChunks: boolean;
    readonly now: () => number;
  }) {
    this.#library = parts.library;
    this.#folder = parts.folder;
    this.#store = new TusStore(parts.folder, parts.keepsInterruptedChunks);
    this.#server = new Server({
      path: '/tus',
      datastore: this.#store,
      getFileIdFromRequest: (request) => new URL(request.url).pathname.split('/').at(-1),
      onUploadFinish: async (_request, upload) => {
        const transfer = this.#transfers.get(upload.id);
        const video = transfer && parts.library.find(transfer.uid, parts.now());
        if (video !== undefined) await parts.encoder.take(video, join(parts.folder, upload.id), upload.size ?? 0);
        return {};
      },
    });
  }

  /** Id of a new transfer. */
  async create(uid: string, lengthBytes: number): Promise<string> {
    const id = randomBytes(16).toString('hex');
    await this.#store.create(new Upload({ id, size: lengthBytes, offset: 0 }));
    this.#transfers.set(id, { uid, lengthBytes });
    return id;
  }

  /** Removes the bytes of a video that was deleted. */
  async remove(uid: string): Promise<void> {
    const ids = [...this.#transfers].filter(([, transfer]) => transfer.uid === uid).map(([id]) => id);
    for (const id of ids) {
      this.#transfers.delete(id);
      this.#store.forget(id);
      for (const name of [id, `${id}.json`]) await rm(join(this.#folder, name), { force: true });
    }
  }

  /** Answers HEAD and PATCH of a transfer. @throws {StreamRefusal} */
  async transfer(request: IncomingMessage, response: ServerResponse, id: string, nowMs: number): Promise<void> {
    allowEveryOrigin(request, response);
    const override = request.headers['x-http-method-override'];
    const method = typeof override === 'string' ? override.toUpperCase() : (request.method ?? '');
    if (method !== 'HEAD' && method !== 'PATCH')
      throw new StreamRefusal(405, 10005, 'Method not allowed.', { Allow: 'HEAD, PATCH, OPTIONS' });
    const transfer = this.#transfers.get(id);
    const video = transfer && this.#library.find(transfer.uid, nowMs);
    if (transfer === undefined || video === undefined) throw notFound();
    const { uploadExpiryMs } = video.settings;
    if (video.arrived === undefined && uploadExpiryMs !== null && nowMs >= uploadExpiryMs)
      throw new StreamRefusal(410, 10005, 'The upload URL has expired.');
    requireVersionOne(request);
    refuseExtensions(request);
    if (method === 'PATCH') {
      if (video.arrived !== undefined) throw new StreamRefusal(409, 10005, 'The upload is complete.');
      refuseWrongType(request);
      // Refused here, so that the body is read before the answer: a client that still sends gets 409, not a reset.
      if (offsetOf(request) !== (await this.#store.getUpload(id)).offset)
        throw new StreamRefusal(409, 10005, 'Upload-Offset is not the offset of the upload.');
      enforceChunkRules(request.headers, transfer.lengthBytes);
    }
    // The library does not read X-HTTP-Method-Override (tus 1.0.0).
    request.method = method;
    request.rawHeaders = headersThatCount(request.rawHeaders);
    const answer = () => this.#server.handle(request, response);
    const answered = this.#store.receive(Number(request.headers['content-length'] ?? 0), answer);
    // When the client has disconnected, the library waits for ever until its answer is sent.
    await Promise.race([answered, untilClosed(response)]);
  }
}

/**
 * The library would refuse other headers for their values, such as two schemes by a proxy, or metadata that the service
 * ignores.
 */
function headersThatCount(raw: readonly string[]): string[] {
  return raw.filter((_, index) => COUNTING_HEADERS.has(String(raw[index - (index % 2)]).toLowerCase()));
}

/** @throws {StreamRefusal} 412 */
function requireVersionOne(request: IncomingMessage): void {
  if (request.headers['tus-resumable'] !== '1.0.0')
    throw new StreamRefusal(412, 10005, 'Tus-Resumable must be 1.0.0.', { 'Tus-Version': '1.0.0' });
}

/** tus 1.0.0, "PATCH". @throws {StreamRefusal} 415 */
function refuseWrongType(request: IncomingMessage): void {
  if (request.headers['content-type'] === 'application/offset+octet-stream') return;
  throw new StreamRefusal(415, 10005, 'Content-Type must be application/offset+octet-stream.');
}

/** @throws {StreamRefusal} 400 */
function offsetOf(request: IncomingMessage): number {
  const offset = String(request.headers['upload-offset']);
  if (!/^\d{1,15}$/.test(offset)) throw badRequest('Upload-Offset must be a number of bytes.');
  return Number(offset);
}

/** tus extensions that the service does not offer. @throws {StreamRefusal} */
function refuseExtensions(request: IncomingMessage): void {
  const wanted = ['upload-checksum', 'upload-concat', 'upload-defer-length'].find((name) => name in request.headers);
  if (wanted !== undefined) throw badRequest(`${wanted} is not supported.`);
}

/** The announced length of a tus upload. @throws {StreamRefusal} */
export function uploadLengthOf(request: IncomingMessage): number {
  requireVersionOne(request);
  refuseExtensions(request);
  const length = request.headers['upload-length'];
  if (typeof length !== 'string' || !/^[1-9]\d{0,14}$/.test(length))
    throw badRequest('Upload-Length must be a number of bytes.');
  if (Number(length) > MAX_UPLOAD_BYTES)
    throw new StreamRefusal(413, 10005, `Upload-Length must be at most ${MAX_UPLOAD_BYTES}.`);
  return Number(length);
}
