import type { Clock } from '@videostorage/core';
import { inspectFile } from './inspect-file.ts';
import { type ProcessingTimes, processedAtMs } from './processing.ts';
import type { EmulatedVideo, Finding, ProcessingError } from './video.ts';
import type { VideoLibrary } from './video-library.ts';

/** Receives files, inspects them, and reports when processing has ended. */
export class Encoder {
  readonly #library: VideoLibrary;
  readonly #clock: Clock;
  readonly #times: ProcessingTimes;
  readonly #onProcessed: (video: EmulatedVideo) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #announced = new WeakMap<EmulatedVideo, Promise<void>>();
  readonly #jobs = new Set<Promise<void>>();
  readonly #scriptedErrors: ProcessingError[] = [];

  /** `onProcessed` is called once for each video, at the end of its processing. */
  constructor(parts: {
    readonly library: VideoLibrary;
    readonly clock: Clock;
    readonly times: ProcessingTimes;
    readonly onProcessed: (video: EmulatedVideo) => Promise<void>;
  }) {
    this.#library = parts.library;
    this.#clock = parts.clock;
    this.#times = parts.times;
    this.#onProcessed = parts.onProcessed;
  }

  /**
   * Called when the bytes of a video have arrived: inspects them and starts its processing. False when it was deleted
   * meanwhile.
   */
  async take(video: EmulatedVideo, path: string, sizeBytes: number, isCopy = false): Promise<boolean> {
    const error = this.#scriptedErrors.shift();
    const finding: Finding =
      error === undefined ? await inspectFile(path, video.settings.maxDurationSeconds) : { kind: 'error', error };
    return this.#accept(video, { path, sizeBytes, finding, isCopy });
  }

  /** Lets processing of the next file end with this error, whatever the file is. */
  failNext(error: ProcessingError): void {
    this.#scriptedErrors.push(error);
  }

  /** A copy whose source could not be fetched. */
  takeFailure(video: EmulatedVideo, code: string, text: string): boolean {
    return this.#accept(video, { sizeBytes: 0, isCopy: true, finding: { kind: 'error', error: { code, text } } });
  }

  /** Work that `finish` waits for and `stop` aborts. */
  run(work: (signal: AbortSignal) => Promise<void>): void {
    const job = work(this.#stopping.signal);
    const remove = () => this.#jobs.delete(job);
    this.#jobs.add(job);
    job.then(remove, remove);
  }

  /** Ends the processing of everything that has arrived, or of one video, now, and waits until it is announced. */
  async finish(only?: EmulatedVideo): Promise<void> {
    if (only === undefined) await Promise.all(this.#jobs);
    const nowMs = this.#clock.now();
    const arrived = this.#library
      .list(nowMs)
      .filter((video) => video.arrived !== undefined && (only === undefined || video === only));
    for (const video of arrived) {
      video.finishedAtMs ??= nowMs;
      for (const kind of video.downloads.keys()) video.downloads.set(kind, Number.NEGATIVE_INFINITY);
    }
    for (const video of arrived.reverse()) await this.#announce(video);
  }

  /** Ends all processing; nothing is announced any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#jobs);
  }

  #accept(
    video: EmulatedVideo,
    found: { path?: string; sizeBytes: number; isCopy: boolean; finding: Finding },
  ): boolean {
    const nowMs = this.#clock.now();
    if (!this.#library.arrive(video.uid, { ...found, atMs: nowMs })) return false;
    const waitMs = (processedAtMs(video, this.#times) ?? nowMs) - nowMs;
    const { signal } = this.#stopping;
    this.#clock.sleep(waitMs, signal).then(
      () => this.#announce(video),
      (reason: unknown) => {
        if (!signal.aborted) throw reason;
      },
    );
    return true;
  }

  /** Announces each video once; later callers wait for the same announcement. */
  #announce(video: EmulatedVideo): Promise<void> {
    const known = this.#announced.get(video);
    if (known !== undefined) return known;
    if (this.#stopping.signal.aborted || this.#library.find(video.uid, this.#clock.now()) !== video)
      return Promise.resolve();
    const announced = this.#onProcessed(video);
    this.#announced.set(video, announced);
    return announced;
  }
}
