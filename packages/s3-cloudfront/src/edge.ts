import { createHash } from 'node:crypto';
import type { Clock, Deletion } from '@videostorage/core';
import { CloudFrontClient } from './cloudfront-client.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import type { ObjectLocation } from './object-key.ts';
import type { ParsedCloudFrontOptions, ParsedS3CloudFrontOptions } from './parsed-options.ts';
import type { CloudFrontOptions } from './s3-cloudfront-options.ts';

/** CloudFront Developer Guide, "Quotas on invalidations": so many wildcards may be in progress for one distribution. */
const MAX_WILDCARDS_IN_PROGRESS = 15;
/** Well below the 3 000 paths and tags that may be in progress. */
const MAX_TAGS_AT_A_TIME = 1000;

/** Makes the distribution forget what the bucket no longer holds. */
export class Edge {
  readonly #client: CloudFrontClient;
  readonly #byTag: boolean;

  /** `injected` is used instead of an own SDK client. */
  constructor(
    options: ParsedS3CloudFrontOptions,
    cloudFront: ParsedCloudFrontOptions,
    injected: CloudFrontOptions['client'],
    clock: Clock,
  ) {
    const connect = async () => injected ?? makeCloudFrontClient(options);
    this.#client = new CloudFrontClient(connect, cloudFront.distributionId, clock);
    this.#byTag = cloudFront.invalidateBy === 'cache-tag';
  }

  /** Whether the SDK client repeats calls by itself. */
  retriesItself(): Promise<boolean> {
    return this.#client.retriesItself();
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
