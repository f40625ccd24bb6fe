import {
  type CallRunner,
  type Clock,
  isVideoStorageError,
  type Maintenance,
  type StorageCall,
  type StorageSweep,
  type SweepOptions,
  toSweepRequest,
  toTimestamp,
  UNCONFIRMABLE_AFTER_MS,
} from '@videostorage/core';
import type { CloudflareClient, ListedVideo } from './cloudflare-client.ts';
import type { ProviderTime } from './provider-time.ts';
import { encodePlace, type StreamList } from './stream-list.ts';
import { isUnconfirmed } from './video-meta.ts';

/** The API's largest answer. */
const PAGE = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** No item is begun in the last fifth of the run's time, so that the last one can end. */
const TIME_SHARE = 0.8;

/** What a sweep needs. */
export interface StreamMaintenanceParts {
  readonly client: Pick<CloudflareClient, 'getVideoDetails' | 'deleteVideo'>;
  readonly list: Pick<StreamList, 'everything'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly providerTime: Pick<ProviderTime, 'now'>;
  readonly call: CallRunner;
}

/**
 * Deletes uploads that were never confirmed once no reference to them is valid any more. Stream keeps what was sent, and bills its
 * minutes, until it is deleted; an upload to which nothing was sent ends by itself. Lists from two days ago backwards; after a
 * run that its limit or its deadline ended, the next run of this process continues where it stopped.
 */
export class StreamMaintenance implements Maintenance {
  readonly #parts: StreamMaintenanceParts;
  /** By `dryRun`: where the next run begins. */
  readonly #cursors = new Map<boolean, string | undefined>();

  /** @internal */
  constructor(parts: StreamMaintenanceParts) {
    this.#parts = parts;
  }

  /** @inheritDoc */
  sweep(options: SweepOptions = {}): Promise<StorageSweep> {
    const { call: run, clock, list } = this.#parts;
    return run('sweep', options, async (call) => {
      const { limit, dryRun, timeoutMs = DEFAULT_TIMEOUT_MS } = toSweepRequest(options);
      const stopAtMs = clock.now() + timeoutMs * TIME_SHARE;
      const isOver = () => {
        call.options.signal?.throwIfAborted();
        return call.signal.aborted || clock.now() >= stopAtMs;
      };
      const tally = new Tally();
      let cursor: string | undefined = this.#cursors.get(dryRun) ?? this.#newestOld();
      while (cursor !== undefined && tally.examined < limit && !isOver()) {
        const page = await list.everything({ limit: Math.min(PAGE, limit - tally.examined), cursor }, call);
        const begun = await this.#examine(page.listed, { dryRun, isOver, tally }, call);
        const lastBegun = page.listed[begun - 1];
        if (begun === page.listed.length) cursor = page.cursor;
        else if (lastBegun !== undefined) cursor = encodePlace(lastBegun);
      }
      this.#cursors.set(dryRun, cursor);
      return tally.toSweep(cursor !== undefined);
    });
  }

  /** @returns how many were begun before the time was over */
  async #examine(
    videos: readonly ListedVideo[],
    { dryRun, isOver, tally }: { readonly dryRun: boolean; readonly isOver: () => boolean; readonly tally: Tally },
    call: StorageCall,
  ): Promise<number> {
    for (const [index, video] of videos.entries()) {
      if (isOver()) return index;
      tally.examined += 1;
      try {
        if (await this.#release(video, dryRun, call)) tally.release(video);
      } catch (error) {
        // An upload that takes all of the time is reported as a failure, and the next run continues after it.
        call.options.signal?.throwIfAborted();
        tally.failures.push({ id: video.uid, code: isVideoStorageError(error) ? error.code : 'INTERNAL' });
      }
    }
    return videos.length;
  }

  /** @returns whether it was an upload that nobody can confirm any more */
  async #release(video: ListedVideo, dryRun: boolean, call: StorageCall): Promise<boolean> {
    if (!isUnconfirmed(video) || !this.#isOld(video)) return false;
    if (dryRun) return true;
    const { client } = this.#parts;
    // Read again: the last confirm of its reference may have been running while it was listed.
    const present = await call.step('always', (signal) => client.getVideoDetails(video.uid, signal));
    if (present === undefined || !isUnconfirmed(present)) return false;
    await call.step('always', (signal) => client.deleteVideo(video.uid, signal));
    return true;
  }

  /**
   * The host app's clock may be wrong, and Cloudflare's is known only after the first answer, so each video is compared with
   * Cloudflare's clock.
   */
  #isOld({ created }: ListedVideo): boolean {
    return this.#parts.providerTime.now() - Date.parse(created) >= UNCONFIRMABLE_AFTER_MS;
  }

  /** The place in the list after which videos may be old enough. */
  #newestOld(): string {
    return encodePlace({ created: toTimestamp(this.#parts.providerTime.now() - UNCONFIRMABLE_AFTER_MS + 1) });
  }
}

/** Counts one run. */
class Tally {
  examined = 0;
  readonly failures: { readonly id: string; readonly code: string }[] = [];
  #released = 0;
  #bytesReleased = 0;

  release({ sizeBytes = 0 }: ListedVideo): void {
    this.#released += 1;
    this.#bytesReleased += sizeBytes;
  }

  toSweep(more: boolean): StorageSweep {
    const { examined, failures } = this;
    return { examined, finished: 0, released: this.#released, bytesReleased: this.#bytesReleased, failures, more };
  }
}
