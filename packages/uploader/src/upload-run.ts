import {
  type AnyVideoStorageError,
  BackendError,
  isVideoStorageError,
  UploadExpiredError,
  type UploadTicket,
  type VideoMetadata,
} from '@videostorage/core';
import { BackOff } from './back-off.ts';
import { type CheckedFile, checkFile } from './check-file.ts';
import { isFinalRefusal, waitUntilReady } from './confirm-upload.ts';
import { createUpload, type FoundUpload, findUpload, identifyUpload, newUpload } from './find-upload.ts';
import { assertReadable } from './memory/file-fingerprint.ts';
import type { RememberedUpload } from './memory/remembered-uploads.ts';
import { withUploadLock } from './page/upload-locks.ts';
import { persist } from './persist.ts';
import { releaseUpload } from './release-upload.ts';
import { sendFile } from './send/send-file.ts';
import type { SendJob } from './send/send-job.ts';
import { SpeedMeter } from './speed-meter.ts';
import { randomKey, type UploadContext } from './upload-context.ts';
import type { MediaHint, UploadFile, UploadHandle, UploadPhase, UploadProgress } from './upload-handle.ts';
import type { UploadOptions } from './uploader.ts';

/** How often bytes that the storage seems to have lost are sent again. */
const MAX_ROUNDS = 3;
/** Progress of requests on their way is not reported more often. */
const REPORT_EVERY_MS = 100;
/** Phases that take one of the places of the queue. */
const ACTIVE: ReadonlySet<UploadPhase> = new Set(['checking', 'asking', 'sending', 'confirming']);
const PAUSABLE: ReadonlySet<UploadPhase> = new Set(['waiting', 'checking', 'asking', 'sending']);
const ARRIVED: ReadonlySet<UploadPhase> = new Set(['confirming', 'processing', 'ready']);
const ABORTABLE: ReadonlySet<UploadPhase> = new Set([...PAUSABLE, 'confirming', 'paused', 'failed']);

const newDone = (): PromiseWithResolvers<VideoMetadata> => {
  const done = Promise.withResolvers<VideoMetadata>();
  done.promise.catch(() => {
    // Nobody has to look at it: the handle's `error` says the same.
  });
  return done;
};

/** One upload, from the file to the ready video. The queue says when it begins. */
export class UploadRun implements UploadHandle {
  readonly id: string = randomKey();
  readonly file: UploadFile;
  readonly contextId?: string;
  readonly #file: File;
  readonly #options: UploadOptions;
  readonly #context: UploadContext;
  readonly #onChange: () => void;
  readonly #listeners = new Set<(handle: UploadHandle) => void>();
  readonly #meter = new SpeedMeter();
  readonly #inFlight = new Map<number, number>();
  #backOff: BackOff;
  #phase: UploadPhase = 'waiting';
  #error: AnyVideoStorageError | undefined;
  #video: VideoMetadata | undefined;
  #checked: CheckedFile | undefined;
  #upload: RememberedUpload | undefined;
  #arrivedBytes = 0;
  #reportedAtMs = 0;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #done = newDone();

  constructor(file: File, options: UploadOptions, context: UploadContext, onChange: () => void) {
    const { name, size: sizeBytes, type: mimeType } = file;
    this.file = { name, sizeBytes, mimeType };
    if (options.contextId !== undefined) this.contextId = options.contextId;
    this.#file = file;
    this.#options = options;
    this.#context = context;
    this.#onChange = onChange;
    this.#backOff = new BackOff(context.clock);
  }

  get phase(): UploadPhase {
    const isCut = !this.#context.connection.isOnline && (this.isActive || this.#phase === 'processing');
    return isCut ? 'offline' : this.#phase;
  }

  /** Whether it takes one of the places of the queue. */
  get isActive(): boolean {
    return ACTIVE.has(this.#phase);
  }

  get progress(): UploadProgress {
    const totalBytes = this.#file.size;
    const isArrived = ARRIVED.has(this.#phase) || this.#arrivedBytes >= totalBytes;
    const sentBytes = isArrived ? totalBytes : Math.min(this.#sentBytes, totalBytes - 1);
    const bytesPerSecond = this.phase === 'sending' ? this.#meter.bytesPerSecond : 0;
    const secondsLeft = bytesPerSecond > 0 ? Math.ceil((totalBytes - sentBytes) / bytesPerSecond) : undefined;
    return { sentBytes, totalBytes, bytesPerSecond, ...(secondsLeft !== undefined && { secondsLeft }) };
  }

  get uploadReference(): string | undefined {
    return this.#upload?.uploadReference;
  }

  get media(): MediaHint | undefined {
    return this.#checked?.media;
  }

  get error(): AnyVideoStorageError | undefined {
    return this.#error;
  }

  get video(): VideoMetadata | undefined {
    return this.#video;
  }

  get done(): Promise<VideoMetadata> {
    return this.#done.promise;
  }

  /** The queue has a place for it. */
  begin(): void {
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.#running.then(() => this.#run(stop.signal));
    this.#enter('checking');
  }

  pause(): void {
    if (PAUSABLE.has(this.#phase)) this.#interrupt('paused', new DOMException('The upload is paused.', 'AbortError'));
  }

  resume(): void {
    if (this.#phase !== 'paused' && this.#phase !== 'failed') return;
    if (this.#phase === 'failed') this.#done = newDone();
    this.#error = undefined;
    this.#backOff = new BackOff(this.#context.clock);
    this.#enter('waiting');
  }

  abort(): Promise<void> {
    return this.abortWith(new DOMException('The upload was cancelled.', 'AbortError'));
  }

  /** As `abort`, with the reason of whoever asks for it. */
  async abortWith(reason: unknown): Promise<void> {
    if (!ABORTABLE.has(this.#phase)) return;
    this.#error = undefined;
    this.#interrupt('aborted', reason);
    this.#done.reject(reason);
    // A ticket that is being asked for is awaited: else nobody could release it.
    await this.#running;
    if (this.#upload !== undefined) await releaseUpload(this.#upload, this.#context);
  }

  /** Stops without a word to the host: the page has no use for it any more. */
  close(): void {
    if (PAUSABLE.has(this.#phase)) this.pause();
    else this.#stop.abort(new DOMException('The uploader is closed.', 'AbortError'));
  }

  subscribe(listener: (handle: UploadHandle) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something that it depends on has changed. */
  report(): void {
    this.#reportedAtMs = this.#context.clock.now();
    for (const listener of [...this.#listeners]) listener(this);
    this.#onChange();
  }

  get #sentBytes(): number {
    return [...this.#inFlight.values()].reduce((sum, bytes) => sum + bytes, this.#arrivedBytes);
  }

  #enter(phase: UploadPhase): void {
    this.#phase = phase;
    if (phase !== 'sending') this.#meter.reset();
    this.report();
  }

  #interrupt(phase: 'paused' | 'aborted', reason: unknown): void {
    this.#inFlight.clear();
    this.#stop.abort(reason);
    this.#enter(phase);
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      this.#checked ??= await checkFile(this.#file, this.#options, this.#context, signal);
      const { fingerprint } = this.#checked;
      signal.throwIfAborted();
      this.#upload ??= identifyUpload(this.#file, fingerprint, this.#options, this.#context);
      const { idempotencyKey } = this.#upload;
      const confirmed = await withUploadLock(idempotencyKey, this.file.name, () => this.#deliver(fingerprint, signal));
      const ready = await waitUntilReady(
        confirmed,
        this.#context,
        (work) => this.#persist(work, signal),
        signal,
        (video) => {
          this.#video = video;
          this.#enter('processing');
        },
      );
      this.#video = ready;
      this.#done.resolve(ready);
      this.#enter('ready');
    } catch (error) {
      // A pause or an abort has already said what it is.
      if (signal.aborted) return;
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const typed = isVideoStorageError(error)
      ? error
      : new BackendError('BACKEND_REFUSED', 'Something went wrong in this page.', { cause: error });
    this.#inFlight.clear();
    this.#error = typed;
    this.#done.reject(typed);
    this.#enter('failed');
  }

  /** Everything until the host has confirmed. What the storage turns out not to have is sent again. */
  async #deliver(fingerprint: string, signal: AbortSignal): Promise<VideoMetadata> {
    let isRenewed = false;
    for (let round = 1; ; round++) {
      const found = await this.#findOrCreate(fingerprint, signal);
      this.#upload = found.upload;
      signal.throwIfAborted();
      try {
        return await this.#sendAndConfirm(found, signal);
      } catch (error) {
        signal.throwIfAborted();
        const code = isVideoStorageError(error) ? error.code : undefined;
        // Nothing was sent with it: the person need not hear that a ticket ran out while they were away.
        const mayRenew = code === 'UPLOAD_EXPIRED' && this.#arrivedBytes === 0 && !isRenewed;
        if (!mayRenew && (code !== 'NOT_UPLOADED' || round >= MAX_ROUNDS)) throw error;
        if (mayRenew) {
          isRenewed = true;
          this.#startAnew(fingerprint);
        }
      }
    }
  }

  async #findOrCreate(fingerprint: string, signal: AbortSignal): Promise<FoundUpload> {
    this.#enter('asking');
    const ask = <Result>(work: (signal: AbortSignal) => Promise<Result>) => this.#persist(work, signal);
    const upload = this.#upload ?? this.#startAnew(fingerprint);
    const found = await findUpload(upload, this.#context, ask);
    if (found !== undefined) return found;
    // Of an earlier visit, and over: a key belongs to one upload for ever.
    const current = upload.uploadReference === undefined ? upload : this.#startAnew(fingerprint);
    try {
      return await createUpload(this.#file, current, this.#options, this.#context, ask);
    } catch (error) {
      const isOver = isVideoStorageError(error) && error.code === 'CONFLICT' && current === upload;
      if (!isOver) throw error;
      return createUpload(this.#file, this.#startAnew(fingerprint), this.#options, this.#context, ask);
    }
  }

  #startAnew(fingerprint: string): RememberedUpload {
    const { memory, clock } = this.#context;
    if (this.#upload !== undefined) memory.forget(this.#upload.idempotencyKey);
    this.#arrivedBytes = 0;
    this.#upload = newUpload(this.#file, fingerprint, this.contextId, clock.now());
    return this.#upload;
  }

  /** A storage's refusal is not believed before the host was asked: a last answer may be lost, and its URL be used up. */
  async #sendAndConfirm({ upload, ticket, uploadedParts }: FoundUpload, signal: AbortSignal): Promise<VideoMetadata> {
    let refusal: unknown;
    if (ticket !== undefined) {
      this.#enter('sending');
      try {
        await sendFile(ticket, this.#job(uploadedParts, signal), this.#context.clock);
      } catch (error) {
        signal.throwIfAborted();
        await assertReadable(this.#file);
        if (!isVideoStorageError(error) || error.code !== 'BACKEND_REFUSED') throw error;
        refusal = error;
      }
    }
    const { memory, transport } = this.#context;
    const { idempotencyKey, uploadReference } = upload;
    if (refusal === undefined) memory.keep({ ...upload, pending: 'confirm' });
    this.#enter('confirming');
    const { durationSeconds } = this.#checked?.media ?? {};
    const body = durationSeconds === undefined ? {} : { durationSeconds };
    try {
      const confirm = (either: AbortSignal) => transport.confirmUpload(uploadReference, body, { signal: either });
      const video = await this.#persist(confirm, signal);
      memory.forget(idempotencyKey);
      return video;
    } catch (error) {
      if (isFinalRefusal(error)) memory.forget(idempotencyKey);
      if (!isVideoStorageError(error) || error.code !== 'NOT_UPLOADED') throw error;
      memory.keep(upload);
      if (refusal === undefined || ticket === undefined) throw error;
      throw this.#isExpired(ticket, refusal) ? new UploadExpiredError({ cause: refusal }) : refusal;
    }
  }

  #isExpired(ticket: UploadTicket, refusal: unknown): boolean {
    const status = isVideoStorageError(refusal) && 'status' in refusal ? refusal.status : undefined;
    return status === 404 || status === 410 || Date.parse(ticket.expiresAt) <= this.#context.clock.now();
  }

  #job(uploadedParts: SendJob['uploadedParts'], signal: AbortSignal): SendJob {
    const { send, transport, maxParts } = this.#context;
    return {
      ...{ file: this.#file, signal, send, transport, maxParts, uploadedParts },
      persist: (work, own) => this.#persist(work, own?.signal ?? signal, own?.backOff),
      arrived: (bytes) => {
        if (signal.aborted) return;
        if (bytes > this.#arrivedBytes) this.#backOff.reset();
        this.#arrivedBytes = bytes;
        this.#progressed();
      },
      inFlight: (request, bytes) => {
        if (signal.aborted) return;
        if (bytes > 0) this.#inFlight.set(request, bytes);
        else this.#inFlight.delete(request);
        const isDue = this.#context.clock.now() - this.#reportedAtMs >= REPORT_EVERY_MS;
        if (isDue) this.#progressed();
      },
    };
  }

  #progressed(): void {
    this.#meter.add(this.#context.clock.now(), this.#sentBytes);
    this.report();
  }

  #persist<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
    backOff: BackOff = this.#backOff,
  ): Promise<Result> {
    return persist(work, { signal, backOff, connection: this.#context.connection });
  }
}
