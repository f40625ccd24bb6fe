import type { AnyVideoStorageError, VideoMetadata } from '@videostorage/core';
import type { UploadFile, UploadHandle, UploadPhase, UploadProgress } from '../src/upload-handle.ts';
import type { ResumableUpload, Uploader, UploadOptions } from '../src/uploader.ts';

/** An upload whose phases the test sets. */
export class ScriptedUpload implements UploadHandle {
  readonly id: string;
  readonly file: UploadFile;
  /** Options of the upload. */
  readonly options: UploadOptions;
  /** Methods that were called, in order. */
  readonly calls: string[] = [];
  phase: UploadPhase = 'waiting';
  progress: UploadProgress;
  uploadReference: string | undefined;
  declare readonly contextId?: string;
  readonly media = undefined;
  error: AnyVideoStorageError | undefined;
  video: VideoMetadata | undefined;
  readonly done: Promise<VideoMetadata> = new Promise(() => undefined);
  readonly #changed: () => void;
  /** Its phase, apart from `offline`. */
  #stands: UploadPhase = 'waiting';

  constructor(id: string, file: UploadFile, options: UploadOptions, changed: () => void) {
    this.id = id;
    this.file = file;
    this.options = options;
    this.#changed = changed;
    if (options.contextId !== undefined) this.contextId = options.contextId;
    this.progress = { sentBytes: 0, totalBytes: file.sizeBytes, bytesPerSecond: 0 };
  }

  get canPause(): boolean {
    return ['waiting', 'checking', 'asking', 'sending'].includes(this.#stands);
  }

  get canAbort(): boolean {
    return !['processing', 'ready', 'aborted'].includes(this.#stands);
  }

  /** Enters a phase. */
  enter(
    phase: UploadPhase,
    members: { readonly error?: AnyVideoStorageError; readonly video?: VideoMetadata } = {},
  ): void {
    this.phase = phase;
    if (phase !== 'offline') this.#stands = phase;
    Object.assign(this, members);
    this.#changed();
  }

  /** Sends up to this share. */
  send(share: number, bytesPerSecond = 0, secondsLeft?: number): void {
    const { totalBytes } = this.progress;
    const left = secondsLeft === undefined ? {} : { secondsLeft };
    this.progress = { sentBytes: Math.floor(totalBytes * share), totalBytes, bytesPerSecond, ...left };
    this.enter('sending');
  }

  pause(): void {
    this.calls.push('pause');
    this.enter('paused');
  }

  resume(): void {
    this.calls.push('resume');
    this.error = undefined;
    this.enter('sending');
  }

  async abort(): Promise<void> {
    this.calls.push('abort');
    this.enter('aborted');
  }

  subscribe(): () => void {
    throw new Error('The element listens to the whole queue.');
  }
}

/** A queue that sends nothing: the test sets each phase. The real queue has tests of its own. */
export class ScriptedUploader implements Uploader {
  /** The queue. */
  uploads: readonly ScriptedUpload[] = [];
  /** What `resumable` answers. */
  unfinished: readonly ResumableUpload[] = [];
  /** References that were discarded. */
  readonly discarded: string[] = [];
  /** Error with which removals and discards are refused. */
  refusal: Error | undefined;
  isClosed = false;
  readonly #listeners = new Set<(uploader: Uploader) => void>();

  upload(file: File, options: UploadOptions = {}): ScriptedUpload {
    const known = { name: file.name, sizeBytes: file.size, mimeType: file.type };
    const upload = new ScriptedUpload(`upload-${this.uploads.length + 1}`, known, options, () => this.#notify());
    this.uploads = [...this.uploads, upload];
    this.#notify();
    return upload;
  }

  moveTo(handle: UploadHandle, index: number): void {
    const moved = this.uploads.filter(({ id }) => id === handle.id);
    const others = this.uploads.filter(({ id }) => id !== handle.id);
    this.uploads = [...others.slice(0, index), ...moved, ...others.slice(index)];
    this.#notify();
  }

  async remove(handle: UploadHandle): Promise<void> {
    this.uploads = this.uploads.filter(({ id }) => id !== handle.id);
    this.#notify();
    if (this.refusal !== undefined) throw this.refusal;
  }

  subscribe(listener: (uploader: Uploader) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async resumable(): Promise<readonly ResumableUpload[]> {
    return this.unfinished;
  }

  async discard(uploadReference: string): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.discarded.push(uploadReference);
    this.unfinished = this.unfinished.filter((upload) => upload.uploadReference !== uploadReference);
  }

  async resumeConfirms(): Promise<number> {
    return 0;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Number of listeners. */
  get listeners(): number {
    return this.#listeners.size;
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener(this);
  }
}
