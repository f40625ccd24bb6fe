import { type AnyVideoStorageError, BackendError, isVideoStorageError, type VideoMetadata } from '@videostorage/core';
import { BackOff } from './back-off.ts';
import type { DeliveredUpload } from './delivery.ts';
import { loadModule } from './load-module.ts';
import { notify } from './notify.ts';
import { persist } from './persist.ts';
import { TransferProgress } from './transfer-progress.ts';
import type { UploadContext } from './upload-context.ts';
import type { MediaHint, UploadFile, UploadHandle, UploadPhase, UploadProgress } from './upload-handle.ts';
import type { UploadOptions } from './uploader.ts';

/** Bytes in flight are not reported more often. */
const REPORT_EVERY_MS = 100;
/** Phases that count against `maxFiles`. */
const ACTIVE: readonly UploadPhase[] = ['checking', 'asking', 'sending', 'confirming'];
const PAUSABLE: readonly UploadPhase[] = ['waiting', 'checking', 'asking', 'sending'];

/** Whether nothing more happens in this phase unless `resume` is called. */
export function isOver(phase: UploadPhase): boolean {
  return ['ready', 'failed', 'aborted'].includes(phase);
}

function newDone(): PromiseWithResolvers<VideoMetadata> {
  const done = Promise.withResolvers<VideoMetadata>();
  done.promise.catch(() => {
    // A rejection need not be handled: the handle's `error` is the same.
  });
  return done;
}

/** Counts all uploads of this page, of all uploaders. */
let count = 0;

function stopped(): DOMException {
  return new DOMException('The upload was stopped.', 'AbortError');
}

/** One upload as the page sees it: phases, progress, and the user's actions. The queue decides when it begins. */
export class UploadRun implements UploadHandle {
  readonly id: string;
  readonly file: UploadFile;
  readonly contextId?: string;
  readonly #context: UploadContext;
  readonly #onChange: () => void;
  readonly #listeners = new Set<(handle: UploadHandle) => void>();
  readonly #progress: TransferProgress;
  readonly #delivered: DeliveredUpload;
  readonly #backOff: BackOff;
  #phase: UploadPhase = 'waiting';
  #error: AnyVideoStorageError | undefined;
  #video: VideoMetadata | undefined;
  #reportedAtMs = 0;
  #stop = new AbortController();
  /** Whether `done` has ended with the uploader. */
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();
  #done = newDone();

  constructor(file: File, options: UploadOptions, context: UploadContext, onChange: () => void) {
    const { name, size: sizeBytes, type: mimeType } = file;
    count += 1;
    this.id = `upload-${count}`;
    this.file = { name, sizeBytes, mimeType };
    if (options.contextId !== undefined) this.contextId = options.contextId;
    this.#context = context;
    this.#onChange = onChange;
    this.#backOff = new BackOff(context.clock);
    this.#progress = new TransferProgress(sizeBytes, () => context.clock.now());
    this.#delivered = this.#newDelivered(file, options);
  }

  get phase(): UploadPhase {
    const isCut = !this.#context.connection.isOnline && (this.isActive || this.#phase === 'processing');
    return isCut ? 'offline' : this.#phase;
  }

  /** Whether it counts against `maxFiles`. */
  get isActive(): boolean {
    return ACTIVE.includes(this.#phase);
  }

  get progress(): UploadProgress {
    // All bytes of a video have arrived, also when another page has sent them.
    const isComplete = this.#phase === 'confirming' || this.#video !== undefined;
    return this.#progress.snapshot(isComplete, this.phase === 'sending');
  }

  get uploadReference(): string | undefined {
    return this.#delivered.upload?.uploadReference;
  }

  get media(): MediaHint | undefined {
    return this.#delivered.media;
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

  get canPause(): boolean {
    return PAUSABLE.includes(this.#phase);
  }

  get canAbort(): boolean {
    return !['processing', 'ready', 'aborted'].includes(this.#phase);
  }

  pause(): void {
    if (this.canPause) this.#interrupt('paused', stopped());
  }

  resume(): void {
    if (!['paused', 'failed'].includes(this.#phase)) return;
    if (this.#phase === 'failed' || this.#isClosed) this.#done = newDone();
    this.#isClosed = false;
    this.#error = undefined;
    // Resets the video whose processing failed.
    this.#video = undefined;
    this.#backOff.reset();
    this.#enter('waiting');
  }

  abort(): Promise<void> {
    return this.abortWith(stopped());
  }

  /** As `abort`, with a reason for `done`. */
  async abortWith(reason: unknown): Promise<void> {
    if (!this.canAbort) return;
    this.#error = undefined;
    this.#done.reject(reason);
    this.#interrupt('aborted', reason);
    // A ticket that is being requested is awaited: without its reference it could not be released.
    await this.#running;
    const { upload } = this.#delivered;
    if (upload === undefined) return;
    // Loaded already, by what has set the upload, so that it works offline too.
    const { releaseDelivered } = await loadModule(() => import('./delivery.ts'));
    await releaseDelivered(upload, this.#context);
  }

  /** Stops without releasing anything: the page is removing the uploader. */
  close(): void {
    this.pause();
    if (isOver(this.#phase)) return;
    const reason = stopped();
    this.#isClosed = true;
    this.#stop.abort(reason);
    this.#done.reject(reason);
  }

  subscribe(listener: (handle: UploadHandle) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notifies all listeners. */
  report(): void {
    this.#reportedAtMs = this.#context.clock.now();
    notify(this.#listeners, this);
    this.#onChange();
  }

  #newDelivered(file: File, options: UploadOptions): DeliveredUpload {
    const progress = this.#progress;
    // Otherwise a request that ends after the uploader was closed would guard the page again.
    const report = () => this.#isClosed || this.report();
    return {
      ...{ file, options, backOff: this.#backOff, hasSent: false },
      get arrivedBytes() {
        return progress.arrivedBytes;
      },
      arrive: (bytes, request) => {
        progress.arrive(bytes, request);
        report();
      },
      setInFlight: (request, bytes) => {
        progress.setInFlight(request, bytes);
        // Also when the computer's clock was set back.
        if (Math.abs(this.#context.clock.now() - this.#reportedAtMs) >= REPORT_EVERY_MS) report();
      },
      enter: (phase, video) => {
        // Paused, aborted or closed meanwhile.
        if (this.#stop.signal.aborted) return;
        this.#video = video ?? this.#video;
        this.#enter(phase);
      },
    };
  }

  #enter(phase: UploadPhase): void {
    this.#phase = phase;
    if (phase !== 'sending') this.#progress.stop();
    this.report();
  }

  #interrupt(phase: 'paused' | 'aborted', reason: unknown): void {
    this.#stop.abort(reason);
    this.#enter(phase);
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      const { connection } = this.#context;
      const load = () => loadModule(() => import('./delivery.ts'));
      const { deliver } = await persist(load, { signal, connection, backOff: this.#backOff });
      const ready = await deliver(this.#delivered, this.#context, signal);
      signal.throwIfAborted();
      this.#video = ready;
      this.#done.resolve(ready);
      this.#enter('ready');
    } catch (error) {
      // A pause or an abort has already set the phase.
      if (signal.aborted) return;
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const typed = isVideoStorageError(error)
      ? error
      : new BackendError('BACKEND_REFUSED', 'Something went wrong in this page.', { cause: error });
    this.#error = typed;
    this.#done.reject(typed);
    this.#enter('failed');
  }
}
