import type { UnknownVideo } from '../video-records.ts';

/** When each video without a record was first reported. */
export class UnknownVideoTable {
  readonly #firstSeenMs = new Map<string, number>();

  /** How long ago the video was first reported. A new one is first reported now, unless it is a dry run. */
  report(backendName: string, videoId: string, nowMs: number, dryRun: boolean): UnknownVideo {
    const key = keyOf(backendName, videoId);
    const firstMs = this.#firstSeenMs.get(key) ?? nowMs;
    if (!dryRun) this.#firstSeenMs.set(key, firstMs);
    return { videoId, knownForSeconds: Math.max(0, nowMs - firstMs) / 1000 };
  }

  /** Forgets the video: it has a record now, or is deleted. */
  forget(backendName: string, videoId: string): void {
    this.#firstSeenMs.delete(keyOf(backendName, videoId));
  }
}

function keyOf(backendName: string, videoId: string): string {
  return JSON.stringify([backendName, videoId]);
}
