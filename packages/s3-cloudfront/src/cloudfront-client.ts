import type * as cloudfront from '@aws-sdk/client-cloudfront';
import { BackendError, type Clock } from '@videostorage/core';
import { toBackendError } from './aws-error.ts';

/** How far an invalidation is. */
export interface Invalidation {
  /** CloudFront's id. */
  readonly invalidationId: string;
  /** The edges have forgotten. */
  readonly completed: boolean;
}

/** CloudFront's API of one distribution, in our words. No retry, no log, no limit: a client has no policy. */
export class CloudFrontClient {
  readonly #load: () => Promise<cloudfront.CloudFrontClient>;
  readonly #distributionId: string;
  readonly #clock: Clock;
  #client: Promise<cloudfront.CloudFrontClient> | undefined;

  /** `load` is called once, at the first invalidation: importing that SDK client costs as much as all else together. */
  constructor(load: () => Promise<cloudfront.CloudFrontClient>, distributionId: string, clock: Clock) {
    this.#load = load;
    this.#distributionId = distributionId;
    this.#clock = clock;
  }

  /** Whether an injected client repeats calls by itself. */
  async retriesItself(): Promise<boolean> {
    return (await (await this.#connect()).config.maxAttempts()) > 1;
  }

  /** Makes the edges forget; the same reference with the same items gives the earlier invalidation and its status. */
  async createInvalidation(
    items: readonly string[],
    callerReference: string,
    signal?: AbortSignal,
  ): Promise<Invalidation> {
    const { CreateInvalidationCommand } = await import('@aws-sdk/client-cloudfront');
    const client = await this.#connect();
    const command = new CreateInvalidationCommand({
      DistributionId: this.#distributionId,
      InvalidationBatch: {
        CallerReference: callerReference,
        Paths: { Quantity: items.length, Items: [...items] },
      },
    });
    try {
      const { Invalidation } = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      if (Invalidation?.Id === undefined || Invalidation.Status === undefined) return unreadable();
      return { invalidationId: Invalidation.Id, completed: Invalidation.Status === 'Completed' };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error instanceof BackendError ? error : toBackendError('CloudFront', error, this.#clock.now());
    }
  }

  #connect(): Promise<cloudfront.CloudFrontClient> {
    this.#client ??= this.#load();
    return this.#client;
  }
}

function unreadable(): never {
  throw new BackendError('BACKEND_BAD_RESPONSE', 'CloudFront gave an answer that cannot be read.');
}
