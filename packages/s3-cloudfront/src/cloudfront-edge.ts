import { createHash } from 'node:crypto';
import type { Edge, EdgePurge } from '@videostorage/object-storage';
import type { CloudFrontClient } from './cloudfront-client.ts';
import type { ObjectKeys } from './object-key.ts';

/** CloudFront Developer Guide, "Quotas on invalidations": so many wildcards may be in progress for one distribution. */
const MAX_WILDCARDS_IN_PROGRESS = 15;
/** Well below the 3 000 paths and tags that may be in progress. */
const MAX_TAGS_AT_A_TIME = 1000;

/** Invalidates at the distribution what was deleted from the bucket: one invalidation for all videos of a purge. */
export class CloudFrontEdge implements Edge {
  /** @inheritDoc */
  readonly maxVideos: number;
  readonly #client: CloudFrontClient;
  readonly #keys: ObjectKeys;
  readonly #byTag: boolean;

  /** `invalidateBy`: the video's path with a wildcard, or its cache tag. */
  constructor(client: CloudFrontClient, keys: ObjectKeys, invalidateBy: 'path' | 'cache-tag') {
    this.#client = client;
    this.#keys = keys;
    this.#byTag = invalidateBy === 'cache-tag';
    this.maxVideos = this.#byTag ? MAX_TAGS_AT_A_TIME : MAX_WILDCARDS_IN_PROGRESS;
  }

  /**
   * The CallerReference identifies this removal of bytes, not the video: when it is repeated, CloudFront answers with the status
   * of the invalidation that it has begun, and an id that is used again has an invalidation of its own.
   */
  async purge(purges: readonly EdgePurge[], signal: AbortSignal): Promise<boolean> {
    const purgeIds = new Map(purges.map(({ videoId, purgeId }) => [videoId, purgeId]));
    const videoIds = [...purgeIds.keys()].sort();
    const items = videoIds.map((videoId) =>
      this.#byTag ? `#${cacheTagOf(videoId)}` : `${this.#keys.locate(videoId).viewerPath}*`,
    );
    const occurrences = videoIds.map((videoId) => `${videoId} ${purgeIds.get(videoId)}`);
    const reference = createHash('sha256')
      .update([...occurrences, ...items].join('\n'))
      .digest('hex');
    const { completed } = await this.#client.createInvalidation(items, reference, signal);
    return completed;
  }
}

/** The tag that an object carries as `x-amz-meta-cache-tag`; no wildcard, no comma, at most 256 characters. */
export function cacheTagOf(videoId: string): string {
  return `video:${videoId}`;
}
