import { createHash } from 'node:crypto';
import type { Clock, Deletion } from '@videostorage/core';
import { CloudFrontClient } from './cloudfront-client.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import type { ObjectLocation } from './object-key.ts';
import type { ParsedCloudFrontOptions, ParsedS3CloudFrontOptions } from './parsed-options.ts';
import type { CloudFrontOptions } from './s3-cloudfront-options.ts';

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

  /** One invalidation for all given videos; repeating it asks for its status. */
  async forget(
    videos: readonly { readonly videoId: string; readonly location: ObjectLocation }[],
    signal?: AbortSignal,
  ): Promise<Deletion> {
    const sorted = [...videos].sort((one, other) => (one.videoId < other.videoId ? -1 : 1));
    const items = sorted.map(({ videoId, location }) =>
      this.#byTag ? `#${cacheTagOf(videoId)}` : `/${location.prefix}*`,
    );
    const reference = createHash('sha256')
      .update(sorted.map(({ videoId }) => videoId).join('\n'))
      .digest('hex');
    const { completed } = await this.#client.createInvalidation(items, reference, signal);
    return { purged: completed };
  }
}

/** The tag that an object carries as `x-amz-meta-cache-tag`; no wildcard, no comma, at most 256 characters. */
export function cacheTagOf(videoId: string): string {
  return `video:${videoId}`;
}
