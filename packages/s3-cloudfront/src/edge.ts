import { createHash } from 'node:crypto';
import type { Deletion } from '@videostorage/core';
import type { CloudFrontClient } from './cloudfront-client.ts';
import type { ObjectLocation } from './object-key.ts';

/** CloudFront Developer Guide, "Quotas on invalidations": so many wildcards may be in progress for one distribution. */
const MAX_WILDCARDS_IN_PROGRESS = 15;
/** Well below the 3 000 paths and tags that may be in progress. */
const MAX_TAGS_AT_A_TIME = 1000;

/** Makes the distribution forget what the bucket no longer holds. */
export class Edge {
  readonly #client: CloudFrontClient;
  readonly #byTag: boolean;

  /** By the video's path, or by its cache tag. */
  constructor(client: CloudFrontClient, invalidateBy: 'path' | 'cache-tag') {
    this.#client = client;
    this.#byTag = invalidateBy === 'cache-tag';
  }

  /**
   * Asks for as many videos at a time as may be in progress, in an order of its own. Repeating it with the same videos asks for
   * the status, and goes on with the next ones when these are forgotten.
   */
  async forget(
    videos: readonly { readonly videoId: string; readonly location: ObjectLocation }[],
    signal?: AbortSignal,
  ): Promise<Deletion> {
    const sorted = [...videos].sort((one, other) => (one.videoId < other.videoId ? -1 : 1));
    const size = this.#byTag ? MAX_TAGS_AT_A_TIME : MAX_WILDCARDS_IN_PROGRESS;
    for (let first = 0; first < sorted.length; first += size) {
      const batch = sorted.slice(first, first + size);
      const items = batch.map(({ videoId, location }) =>
        this.#byTag ? `#${cacheTagOf(videoId)}` : `/${location.prefix}*`,
      );
      const reference = createHash('sha256')
        .update(batch.map(({ videoId }) => videoId).join('\n'))
        .digest('hex');
      const { completed } = await this.#client.createInvalidation(items, reference, signal);
      if (!completed) return { purged: false };
    }
    return { purged: true };
  }
}

/** The tag that an object carries as `x-amz-meta-cache-tag`; no wildcard, no comma, at most 256 characters. */
export function cacheTagOf(videoId: string): string {
  return `video:${videoId}`;
}
