import type { Clock } from '@videostorage/core';
import { inspectFile } from './inspect-file.ts';
import { type ProcessingTimes, processedAtMs } from './processing.ts';
import type { EmulatedVideo, Finding } from './video.ts';
import type { VideoLibrary } from './video-library.ts';

/** Takes in bytes, finds out what they are, and says when processing has ended. */
export class Encoder {
  readonly #library: VideoLibrary;
  readonly #clock: Clock;
  readonly #times: ProcessingTimes;
  readonly #onProcessed: (video: EmulatedVideo) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #announced = new Set<string>();
  readonly #jobs = new Set<Promise<void>>();

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

  /** The bytes of a video are there: reads them and starts the clock of its processing. False when it was deleted meanwhile. */
  async take(video: EmulatedVideo, path: string, sizeBytes: number, isCopy = false): Promise<boolean> {
    const finding = await inspectFile(path, video.settings.maxDurationSeconds);
    return this.#accept(video, { path, sizeBytes, finding, isCopy });
  }

  /** A copy whose source could not be fetched. */
  takeFailure(video: EmulatedVideo, code: string, text: string): boolean {
    return this.#accept(video, { sizeBytes: 0, isCopy: true, finding: { kind: 'error', error: { code, text } } });
  }

  /** Work that `finish` waits for and `stop` aborts. */
  run(work: (signal: AbortSignal) => Promise<void>): void {
    const job = work(this.#stopping.signal);
    this.#jobs.add(job);
    void job.finally(() => this.#jobs.delete(job));
  }

  /** Ends the processing of everything that has arrived, now, and waits until it is announced. */
  async finish(): Promise<void> {
    await Promise.all([...this.#jobs]);
    const nowMs = this.#clock.now();
    const arrived = this.#library.list(nowMs).filter((video) => video.arrived !== undefined);
    for (const video of arrived) {
      video.finishedAtMs ??= nowMs;
      for (const kind of video.downloads.keys()) video.downloads.set(kind, Number.NEGATIVE_INFINITY);
    }
    for (const video of arrived.reverse()) await this.#announce(video);
  }

  /** Nothing is announced any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([...this.#jobs]);
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

  async #announce(video: EmulatedVideo): Promise<void> {
    if (this.#announced.has(video.uid) || this.#library.find(video.uid, this.#clock.now()) !== video) return;
    this.#announced.add(video.uid);
    await this.#onProcessed(video);
  }
}
