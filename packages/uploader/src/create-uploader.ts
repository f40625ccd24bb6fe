import { checkOptions, optional, optionOf, systemClock, wholeNumber } from '@videostorage/core';
import { loadModule } from './load-module.ts';
import { localStorageOfPage, RememberedUploads } from './memory/remembered-uploads.ts';
import { notify } from './notify.ts';
import { Connection } from './page/connection.ts';
import { UnloadGuard } from './page/unload-guard.ts';
import type { UploadContext } from './upload-context.ts';
import type { UploadHandle } from './upload-handle.ts';
import { isOver, UploadRun } from './upload-run.ts';
import type { ResumableUpload, Uploader, UploadOptions } from './uploader.ts';
import type { UploaderOptions } from './uploader-options.ts';

/**
 * Creates an uploader for one page. If an earlier visit to the page could not confirm or cancel an upload at the host
 * app, that is done now.
 * @throws {ConfigurationError} an option is unknown or out of bounds; the message says which, and how to fix it
 */
export function createUploader(options: UploaderOptions): Uploader {
  return new PageUploader(options);
}

class PageUploader implements Uploader {
  readonly #context: UploadContext;
  readonly #maxFiles: number;
  #guard: UnloadGuard | undefined;
  readonly #listeners = new Set<(uploader: Uploader) => void>();
  #runs: readonly UploadRun[] = [];

  constructor(options: UploaderOptions) {
    const checked = checkOptions('createUploader', options, OPTIONS);
    const clock = checked.clock ?? systemClock;
    this.#maxFiles = checked.maxFiles ?? 2;
    this.#guard = checked.guardUnload ? new UnloadGuard() : undefined;
    this.#context = {
      transport: checked.transport,
      validator: checked.validator,
      maxParts: checked.maxParts ?? 4,
      memory: new RememberedUploads(checked.storage ?? localStorageOfPage(), () => clock.now()),
      connection: new Connection(() => this.#onConnection()),
      stallMs: (checked.stallSeconds ?? 30) * 1000,
      clock,
    };
    this.#repeatLater();
  }

  get uploads(): readonly UploadHandle[] {
    return this.#runs;
  }

  upload(file: File, options: UploadOptions = {}): UploadHandle {
    const run = new UploadRun(file, options, this.#context, () => this.#changed());
    this.#runs = [...this.#runs, run];
    const { signal } = options;
    const onAbort = () => void run.abortWith(signal?.reason).catch(ignoreRefusal);
    signal?.addEventListener('abort', onAbort);
    // Removes the listener, so that a signal that outlives the upload does not keep the file in memory.
    run.subscribe(({ phase }) => {
      if (isOver(phase) && phase !== 'failed') signal?.removeEventListener('abort', onAbort);
    });
    if (signal?.aborted) onAbort();
    this.#changed();
    return run;
  }

  moveTo(handle: UploadHandle, index: number): void {
    const run = this.#runs.find((each) => each === handle);
    if (run === undefined) return;
    this.#runs = this.#runs.filter((each) => each !== run).toSpliced(Math.max(0, index), 0, run);
    this.#changed();
  }

  async remove(handle: UploadHandle): Promise<void> {
    const run = this.#runs.find((each) => each === handle);
    this.#runs = this.#runs.filter((each) => each !== handle);
    const aborted = handle.abort();
    // A video that is being processed cannot be aborted; its polling can only be stopped.
    run?.close();
    this.#changed();
    await aborted;
  }

  subscribe(listener: (uploader: Uploader) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async resumable(): Promise<readonly ResumableUpload[]> {
    if (this.#context.memory.list().length === 0) return [];
    const { listResumable } = await loadEarlierVisits();
    return listResumable(this.#context, new Set(this.#runs.map(({ uploadReference }) => uploadReference)));
  }

  async discard(uploadReference: string): Promise<void> {
    const { discardUpload } = await loadEarlierVisits();
    await discardUpload(uploadReference, this.#context);
  }

  async resumeConfirms(): Promise<number> {
    if (this.#context.memory.list().every(({ pending }) => pending === undefined)) return 0;
    const { completePending } = await loadEarlierVisits();
    return completePending(this.#context);
  }

  close(): void {
    // Waiting uploads are closed first, so that none of them starts when another one ends.
    for (const run of this.#runs.toSorted((a, b) => Number(a.isActive) - Number(b.isActive))) run.close();
    this.#context.connection.close();
    if (this.#guard !== undefined) this.#guard.isOn = false;
    // Later changes of an upload must not guard the page again.
    this.#guard = undefined;
    this.#listeners.clear();
  }

  #repeatLater(): void {
    this.resumeConfirms().catch(ignoreRefusal);
  }

  #onConnection(): void {
    for (const run of this.#runs) run.report();
    if (this.#context.connection.isOnline) this.#repeatLater();
  }

  #changed(): void {
    this.#pump();
    if (this.#guard !== undefined) {
      this.#guard.isOn = this.#runs.some(({ phase }) => !isOver(phase));
    }
    notify(this.#listeners, this);
  }

  /** Starts waiting uploads, in the order of the queue. */
  #pump(): void {
    if (this.#runs.filter((run) => run.isActive).length >= this.#maxFiles) return;
    // Starting an upload reports a change, which calls this function again.
    this.#runs.find(({ phase }) => phase === 'waiting')?.begin();
  }
}

/** Only loaded when something is remembered. */
function loadEarlierVisits() {
  return loadModule(() => import('./earlier-visits.ts'));
}

function ignoreRefusal(): void {
  // Failed calls stay remembered, and are repeated at the next visit.
}

const OPTIONS = {
  transport: optionOf(
    (value): value is UploaderOptions['transport'] => hasMethods(value, 'getUploadUrl', 'confirmUpload', 'getUpload'),
    "must be a transport, for instance createHttpTransport('/api/video')",
  ),
  validator: optional(
    optionOf(
      (value): value is NonNullable<UploaderOptions['validator']> => hasMethods(value, 'validateUploadRequest'),
      'must be a Validator',
    ),
  ),
  maxFiles: optional(wholeNumber(1, 10)),
  maxParts: optional(wholeNumber(1, 16)),
  guardUnload: optional(optionOf((value): value is boolean => typeof value === 'boolean', 'must be true or false')),
  storage: optional(
    optionOf(
      (value): value is NonNullable<UploaderOptions['storage']> =>
        hasMethods(value, 'getItem', 'setItem', 'removeItem', 'key'),
      'must be a Storage, for instance sessionStorage',
    ),
  ),
  stallSeconds: optional(wholeNumber(1, 3600, 'seconds')),
  clock: optional(
    optionOf(
      (value): value is NonNullable<UploaderOptions['clock']> => hasMethods(value, 'now', 'sleep'),
      'must be a clock',
    ),
  ),
};

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
