import type { Edge, EdgePurge } from '../object-store.ts';
import { videoPrefix } from '../store-keys.ts';
import type { MemoryBucket } from './memory-bucket.ts';

/**
 * The edge of a `MemoryBucket`, shared by its stores: a purge drops the copies that exist when it is first requested,
 * once for each set of purges.
 */
export class MemoryEdge implements Edge {
  /** @inheritDoc */
  readonly maxVideos: number;
  readonly #bucket: MemoryBucket;
  readonly #asks: number;
  readonly #asked = new Map<string, number>();

  /** @param asks - how often a purge must be requested until it is done: 1 = immediately */
  constructor(bucket: MemoryBucket, asks = 1, maxVideos = 15) {
    this.#bucket = bucket;
    this.#asks = asks;
    this.maxVideos = maxVideos;
  }

  /** @inheritDoc */
  async purge(purges: readonly EdgePurge[], signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const reference = purges
      .map(({ videoId, purgeId }) => `${videoId} ${purgeId}`)
      .sort()
      .join('\n');
    const count = (this.#asked.get(reference) ?? 0) + 1;
    this.#asked.set(reference, count);
    if (count === 1) {
      for (const { videoId } of purges) {
        for (const key of this.#bucket.edgeCopies.keys()) {
          if (key.startsWith(videoPrefix(videoId))) this.#bucket.edgeCopies.delete(key);
        }
      }
    }
    return count >= this.#asks;
  }
}
