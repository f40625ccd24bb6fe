import { BackendError, type Clock, type UploadedPart, VideoNotFoundError } from '@videostorage/core';
import type { Fault } from '../storage-subject.ts';

/** What was announced of an upload. */
export interface MemoryUpload {
  /** Follows from the upload's id. */
  readonly videoId: string;
  /** Announced type. */
  readonly mimeType: string;
  /** When it was announced. */
  readonly createdAtMs: number;
  /** Nothing is taken from here on. */
  readonly expiresAtMs: number;
  /** Text that travels with the video, as JSON. */
  readonly label: string;
}

/** What the vendor holds of one video. */
export interface MemoryVideo extends MemoryUpload {
  /** The file. */
  readonly bytes: Uint8Array;
  /** Its place in the order of arrival; stays when bytes are sent again. */
  readonly place: number;
  /** Another one for all bytes that ever arrive. */
  readonly revision: number;
  /** Type that came with the bytes. */
  readonly receivedMimeType: string;
  /** When the last byte arrived. */
  readonly uploadedAtMs: number;
  /** Ready once the vendor has encoded it. */
  readonly state: 'queued' | 'ready';
}

/** A vendor in this process: takes bytes, encodes for a moment, delivers, forgets; and fails on request. */
export class MemoryVendor {
  readonly #clock: Clock;
  readonly #uploads = new Map<string, MemoryUpload>();
  readonly #parts = new Map<string, Map<number, Uint8Array>>();
  readonly #videos = new Map<string, MemoryVideo>();
  readonly #faults: Fault[] = [];
  #arrivals = 0;

  /** Empty at the beginning. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next call meets this fault. */
  failNext(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Ends all encoding. */
  settle(): void {
    for (const [videoId, video] of this.#videos) this.#videos.set(videoId, { ...video, state: 'ready' });
  }

  /** Announces an upload; repeated with the same id, the first one stays. */
  async announce(upload: MemoryUpload, signal?: AbortSignal): Promise<MemoryUpload> {
    await this.#enter(signal);
    const known = this.#uploads.get(upload.videoId);
    if (known !== undefined) return known;
    this.#uploads.set(upload.videoId, upload);
    return upload;
  }

  /** Takes a whole file. */
  receive(videoId: string, bytes: Uint8Array, receivedMimeType: string): void {
    const upload = this.#openUpload(videoId);
    this.#arrivals += 1;
    const place = this.#videos.get(videoId)?.place ?? this.#arrivals;
    const arrived = { place, revision: this.#arrivals, uploadedAtMs: this.#clock.now() };
    this.#videos.set(videoId, { ...upload, ...arrived, bytes, receivedMimeType, state: 'queued' });
  }

  /** Takes one part; the same number again replaces it. */
  receivePart(videoId: string, partNumber: number, bytes: Uint8Array): void {
    this.#openUpload(videoId);
    const parts = this.#parts.get(videoId) ?? new Map<number, Uint8Array>();
    this.#parts.set(videoId, parts.set(partNumber, bytes));
  }

  /** The parts that have arrived, by number. */
  async listParts(videoId: string, signal?: AbortSignal): Promise<readonly UploadedPart[]> {
    await this.#enter(signal);
    const parts = [...(this.#parts.get(videoId) ?? [])].sort(([one], [other]) => one - other);
    return parts.map(([partNumber, bytes]) => ({ partNumber, sizeBytes: bytes.length }));
  }

  /** Joins the parts into the video. */
  async complete(videoId: string, mimeType: string, signal?: AbortSignal): Promise<void> {
    await this.#enter(signal);
    const parts = [...(this.#parts.get(videoId) ?? [])].sort(([one], [other]) => one - other);
    if (parts.length === 0) return;
    this.receive(videoId, joined(parts.map(([, bytes]) => bytes)), mimeType);
    this.#parts.delete(videoId);
  }

  /** What is held of a video; undefined = positively not there. */
  async find(videoId: string, signal?: AbortSignal): Promise<MemoryVideo | undefined> {
    await this.#enter(signal);
    return this.#videos.get(videoId);
  }

  /** Newest first; those that arrived before the given place. */
  async list(before: number, limit: number, signal?: AbortSignal): Promise<readonly MemoryVideo[]> {
    await this.#enter(signal);
    const older = [...this.#videos.values()].filter((video) => video.place < before);
    return older.sort((one, other) => other.place - one.place).slice(0, limit);
  }

  /** Forgets the video, its upload and its parts. */
  async remove(videoId: string, signal?: AbortSignal): Promise<void> {
    await this.#enter(signal);
    this.#uploads.delete(videoId);
    this.#parts.delete(videoId);
    this.#videos.delete(videoId);
  }

  /** The bytes, as an edge delivers them: no fault of the API reaches there. */
  deliver(videoId: string): Uint8Array | undefined {
    return this.#videos.get(videoId)?.bytes;
  }

  #openUpload(videoId: string): MemoryUpload {
    const upload = this.#uploads.get(videoId);
    if (upload === undefined || this.#clock.now() >= upload.expiresAtMs) throw new VideoNotFoundError();
    return upload;
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const fault = this.#faults.shift();
    if (fault === undefined) return;
    if (fault !== 'hang') throw toError(fault);
    await new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function toError(fault: Exclude<Fault, 'hang'>): Error {
  switch (fault) {
    case 'server-error':
      return new BackendError('BACKEND_UNAVAILABLE', 'The vendor failed.', { status: 503 });
    case 'throttled':
      return new BackendError('BACKEND_THROTTLED', 'The vendor asks to slow down.', { status: 429, retryAfterMs: 10 });
    case 'reset':
      return new BackendError('BACKEND_UNAVAILABLE', 'The connection broke.');
    case 'bad-response':
      return new BackendError('BACKEND_BAD_RESPONSE', 'The vendor’s answer cannot be read.');
    case 'not-found-once':
      return new VideoNotFoundError();
  }
}
