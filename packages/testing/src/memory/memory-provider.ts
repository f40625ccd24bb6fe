import { BackendError, type Clock, type UploadedPart, type VideoFailure, VideoNotFoundError } from '@videostorage/core';
import type { Fault } from '../storage-subject.ts';

/** What was declared about an upload. */
export interface MemoryUpload {
  /** Id of the video, derived from the upload id. */
  readonly videoId: string;
  /** Declared type. */
  readonly mimeType: string;
  /** When it was created. */
  readonly createdAtMs: number;
  /** No bytes are accepted from this time on. */
  readonly expiresAtMs: number;
  /** What the storage keeps about the upload, as JSON. */
  readonly label: string;
}

/** A whole file that has arrived. Immutable: bytes that are sent again make another arrival. */
export interface MemoryArrival {
  /** The file. */
  readonly bytes: Uint8Array;
  /** Type that came with the bytes. */
  readonly receivedMimeType: string;
  /** When the last byte arrived. */
  readonly uploadedAtMs: number;
  /** Unique for each arrival. */
  readonly revision: number;
}

/** A confirmed video: the arrival that was verified. */
export interface MemoryVideo extends MemoryUpload, MemoryArrival {
  /** Position in the order in which videos were published. */
  readonly place: number;
  /** Becomes ready when the provider has encoded it. */
  readonly state: 'queued' | 'ready';
}

/** How an upload ended without becoming a video. Its id cannot be used again. */
export interface MemoryEnding {
  /** Why there is no video. */
  readonly state: 'rejected' | 'aborted' | 'deleted';
  /** Why the file was rejected; absent for the other endings. */
  readonly failure?: VideoFailure;
}

/** A provider in this process: accepts bytes, encodes them, delivers what was published, and fails on request. */
export class MemoryProvider {
  readonly #clock: Clock;
  readonly #uploads = new Map<string, MemoryUpload>();
  readonly #parts = new Map<string, Map<number, Uint8Array>>();
  readonly #arrivals = new Map<string, MemoryArrival>();
  readonly #videos = new Map<string, MemoryVideo>();
  readonly #endings = new Map<string, MemoryEnding>();
  readonly #faults: Fault[] = [];
  #counter = 0;

  /** Starts empty. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets the next call fail in this way. */
  failNext(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Finishes all encoding: every confirmed video becomes ready. */
  settle(): void {
    for (const [videoId, video] of this.#videos) this.#videos.set(videoId, { ...video, state: 'ready' });
  }

  /**
   * Creates an upload. When the id already exists, the first upload is kept; if that is confirmed, its video is
   * returned.
   * @throws {VideoNotFoundError} the upload of this id was cancelled, rejected or deleted
   */
  async create(upload: MemoryUpload, signal?: AbortSignal): Promise<MemoryUpload | MemoryVideo> {
    await this.#enter(signal);
    if (this.#endings.has(upload.videoId)) throw new VideoNotFoundError();
    const known = this.#videos.get(upload.videoId) ?? this.#uploads.get(upload.videoId);
    if (known !== undefined) return known;
    this.#uploads.set(upload.videoId, upload);
    return upload;
  }

  /** Accepts a whole file. @throws {VideoNotFoundError} expired, confirmed or ended: nothing is changed */
  receive(videoId: string, bytes: Uint8Array, receivedMimeType: string): void {
    this.#requireOpen(videoId);
    this.#counter += 1;
    const uploadedAtMs = this.#clock.now();
    this.#arrivals.set(videoId, { bytes, receivedMimeType, uploadedAtMs, revision: this.#counter });
  }

  /** Accepts one part; the same number again replaces it. @throws {VideoNotFoundError} as `receive` */
  receivePart(videoId: string, partNumber: number, bytes: Uint8Array): void {
    this.#requireOpen(videoId);
    const parts = this.#parts.get(videoId) ?? new Map<number, Uint8Array>();
    this.#parts.set(videoId, parts.set(partNumber, bytes));
  }

  /** The parts that have arrived, by number. */
  async listParts(videoId: string, signal?: AbortSignal): Promise<readonly UploadedPart[]> {
    await this.#enter(signal);
    return this.#sortedParts(videoId).map(([partNumber, bytes]) => ({ partNumber, sizeBytes: bytes.length }));
  }

  /** Returns what has arrived of an upload, joining the parts that are there; undefined when nothing has arrived. */
  async findArrival(videoId: string, signal?: AbortSignal): Promise<MemoryArrival | undefined> {
    await this.#enter(signal);
    const parts = this.#sortedParts(videoId);
    const upload = this.#uploads.get(videoId);
    if (parts.length === 0 || upload === undefined) return this.#arrivals.get(videoId);
    this.#counter += 1;
    const bytes = joined(parts.map(([, part]) => part));
    return {
      bytes,
      receivedMimeType: upload.mimeType,
      uploadedAtMs: this.#clock.now(),
      revision: this.#counter,
    };
  }

  /**
   * Publishes an arrival. If the upload has already been published or ended, nothing changes and that first outcome is
   * returned.
   */
  async publish(videoId: string, arrival: MemoryArrival, signal?: AbortSignal): Promise<MemoryVideo | MemoryEnding> {
    await this.#enter(signal);
    const decided = this.#endings.get(videoId) ?? this.#videos.get(videoId);
    if (decided !== undefined) return decided;
    const upload = this.#uploads.get(videoId);
    if (upload === undefined) throw new VideoNotFoundError();
    this.#counter += 1;
    const video: MemoryVideo = { ...upload, ...arrival, place: this.#counter, state: 'queued' };
    this.#videos.set(videoId, video);
    this.#release(videoId);
    return video;
  }

  /** Ends an upload without a video. When it has been decided already, that decision stays and is returned. */
  async end(videoId: string, ending: MemoryEnding, signal?: AbortSignal): Promise<MemoryVideo | MemoryEnding> {
    await this.#enter(signal);
    const decided = this.#endings.get(videoId) ?? this.#videos.get(videoId);
    if (decided !== undefined) return decided;
    this.#endings.set(videoId, ending);
    this.#release(videoId);
    return ending;
  }

  /** Returns how an upload ended without a video; undefined when it has not, or when it was never created. */
  async findEnding(videoId: string, signal?: AbortSignal): Promise<MemoryEnding | undefined> {
    await this.#enter(signal);
    return this.#endings.get(videoId);
  }

  /** A confirmed video; undefined when there is none. */
  async find(videoId: string, signal?: AbortSignal): Promise<MemoryVideo | undefined> {
    await this.#enter(signal);
    return this.#videos.get(videoId);
  }

  /** Confirmed videos, newest first; those that were published before the given place. */
  async list(before: number, limit: number, signal?: AbortSignal): Promise<readonly MemoryVideo[]> {
    await this.#enter(signal);
    const older = [...this.#videos.values()].filter((video) => video.place < before);
    return older.sort((one, other) => other.place - one.place).slice(0, limit);
  }

  /** Removes the video and everything its upload holds; the id cannot be used again. */
  async remove(videoId: string, signal?: AbortSignal): Promise<void> {
    await this.#enter(signal);
    if (this.#uploads.has(videoId)) this.#endings.set(videoId, { state: 'deleted' });
    this.#release(videoId);
    this.#videos.delete(videoId);
  }

  /** Uploads that were created before the given moment and have not become a video, oldest first. */
  async listPending(createdBeforeMs: number, limit: number, signal?: AbortSignal): Promise<readonly PendingUpload[]> {
    await this.#enter(signal);
    const isPending = ({ videoId, createdAtMs }: MemoryUpload) =>
      createdAtMs < createdBeforeMs && !this.#videos.has(videoId) && !this.#endings.has(videoId);
    const pending = [...this.#uploads.values()].filter(isPending);
    return pending.slice(0, limit).map(({ videoId }) => ({ videoId, heldBytes: this.#heldBytes(videoId) }));
  }

  /** Returns the bytes of a confirmed video, as an edge would deliver them: faults of the API do not affect this. */
  deliver(videoId: string): Uint8Array | undefined {
    return this.#videos.get(videoId)?.bytes;
  }

  #requireOpen(videoId: string): void {
    const upload = this.#uploads.get(videoId);
    const isDecided = this.#videos.has(videoId) || this.#endings.has(videoId);
    if (upload === undefined || isDecided || this.#clock.now() >= upload.expiresAtMs) throw new VideoNotFoundError();
  }

  #sortedParts(videoId: string): readonly (readonly [number, Uint8Array])[] {
    return [...(this.#parts.get(videoId) ?? [])].sort(([one], [other]) => one - other);
  }

  #heldBytes(videoId: string): number {
    const parts = this.#sortedParts(videoId).reduce((sum, [, bytes]) => sum + bytes.length, 0);
    return parts + (this.#arrivals.get(videoId)?.bytes.length ?? 0);
  }

  #release(videoId: string): void {
    this.#parts.delete(videoId);
    this.#arrivals.delete(videoId);
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

/** An upload that has not become a video. */
export interface PendingUpload {
  /** The video that it would have become. */
  readonly videoId: string;
  /** Bytes that it holds. */
  readonly heldBytes: number;
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
      return new BackendError('BACKEND_UNAVAILABLE', 'The provider failed.', { status: 503 });
    case 'throttled':
      return new BackendError('BACKEND_THROTTLED', 'The provider asks to slow down.', {
        status: 429,
        retryAfterMs: 10,
      });
    case 'reset':
      return new BackendError('BACKEND_UNAVAILABLE', 'The connection was dropped.');
    case 'bad-response':
      return new BackendError('BACKEND_BAD_RESPONSE', 'The answer of the provider cannot be read.');
    case 'not-found-once':
      return new VideoNotFoundError();
  }
}
