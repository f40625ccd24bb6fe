import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Encoder } from './encoder.ts';
import { receiveFormFile } from './form-file.ts';
import { notFound, StreamRefusal } from './stream-refusal.ts';
import { allowEveryOrigin } from './upload-cors.ts';
import type { VideoLibrary } from './video-library.ts';

/** 200 MB, for uploads in one request. */
export const MAX_BASIC_BYTES = 200_000_000;

interface Link {
  readonly uid: string;
  isUsed: boolean;
}

/** One-time links that accept a form with a file, but no tus. */
export class BasicUploads {
  readonly #links = new Map<string, Link>();
  readonly #parts: { readonly library: VideoLibrary; readonly encoder: Encoder; readonly folder: string };

  /** No links yet. */
  constructor(parts: { readonly library: VideoLibrary; readonly encoder: Encoder; readonly folder: string }) {
    this.#parts = parts;
  }

  /** Path of a new link. */
  link(uid: string): string {
    const id = randomBytes(16).toString('hex');
    this.#links.set(id, { uid, isUsed: false });
    return `/upload/${id}`;
  }

  /** Receives the form that is sent to a link. @throws {StreamRefusal} */
  async receive(request: IncomingMessage, response: ServerResponse, id: string, nowMs: number): Promise<void> {
    allowEveryOrigin(request, response);
    if (request.method !== 'POST')
      throw new StreamRefusal(405, 10005, 'Method not allowed.', { Allow: 'POST, OPTIONS' });
    const { library, encoder, folder } = this.#parts;
    const link = this.#links.get(id);
    const video = link && library.find(link.uid, nowMs);
    if (link === undefined || video === undefined) throw notFound();
    if (link.isUsed) throw new StreamRefusal(409, 10005, 'The upload URL has been used already.');
    const { uploadExpiryMs } = video.settings;
    if (uploadExpiryMs !== null && nowMs >= uploadExpiryMs)
      throw new StreamRefusal(410, 10005, 'The upload URL has expired.');
    library.refuseWhenEncoderIsFull(nowMs);
    link.isUsed = true;
    try {
      const file = await receiveFormFile(request, folder, MAX_BASIC_BYTES);
      if (!(await encoder.take(video, file.path, file.sizeBytes))) {
        await rm(file.path, { force: true });
        throw notFound();
      }
    } catch (error) {
      // An incomplete transfer does not use up the link.
      link.isUsed = false;
      throw error;
    }
    response.writeHead(200, { 'Content-Length': 0 }).end();
  }
}
