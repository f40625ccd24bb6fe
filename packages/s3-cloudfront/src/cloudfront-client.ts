import type * as cloudfront from '@aws-sdk/client-cloudfront';
import type { Clock, SignedCookie } from '@videostorage/core';
import { abortable } from './abortable.ts';
import { AwsError, toBackendError, unreadable } from './aws-error.ts';
import { checkPolicyTerms, type PolicyTerms } from './cloudfront-policy.ts';
import type { HashAlgorithm, SigningKey } from './cloudfront-signer.ts';
import { type CookieScope, signedCookies } from './signed-cookies.ts';
import { signedQuery } from './signed-query.ts';

/** Status of an invalidation. */
export interface Invalidation {
  /** CloudFront's id. */
  readonly invalidationId: string;
  /** Whether every edge has dropped its copies. */
  readonly completed: boolean;
}

/** Settings of `CloudFrontClient`. */
export interface CloudFrontClientOptions {
  /** Called once, at the first invalidation, and again where it failed: importing that SDK client takes as long as everything else together. */
  readonly connect: () => Promise<cloudfront.CloudFrontClient>;
  /** Id of the distribution. */
  readonly distributionId: string;
  /** The pair that signs. */
  readonly signingKey: SigningKey;
  /** Hash of the signatures. */
  readonly hashAlgorithm: HashAlgorithm;
  /** The time. */
  readonly clock: Pick<Clock, 'now'>;
}

/** CloudFront's API for one distribution. It neither retries, logs nor limits. */
export class CloudFrontClient {
  readonly #options: CloudFrontClientOptions;
  #client: Promise<cloudfront.CloudFrontClient> | undefined;

  constructor(options: CloudFrontClientOptions) {
    this.#options = options;
  }

  /**
   * The resource with the grant in its query; signed locally. @throws {ConfigurationError} terms that CloudFront would
   * understand differently
   */
  getSignedUrl(terms: PolicyTerms): string {
    this.#check(terms);
    return `${terms.resource}?${signedQuery(terms, this.#options.signingKey, this.#options.hashAlgorithm)}`;
  }

  /** The grant as cookies; signed locally. @throws {ConfigurationError} as `getSignedUrl` */
  getSignedCookies(terms: PolicyTerms, scope: CookieScope): readonly SignedCookie[] {
    this.#check(terms);
    return signedCookies(terms, this.#options.signingKey, this.#options.hashAlgorithm, scope);
  }

  /** Purges the edges; the same reference with the same items gives the earlier invalidation and its status. */
  async createInvalidation(
    items: readonly string[],
    callerReference: string,
    signal?: AbortSignal,
  ): Promise<Invalidation> {
    const { CreateInvalidationCommand } = await import('@aws-sdk/client-cloudfront');
    const client = await this.#connect();
    const command = new CreateInvalidationCommand({
      DistributionId: this.#options.distributionId,
      InvalidationBatch: {
        CallerReference: callerReference,
        Paths: { Quantity: items.length, Items: [...items] },
      },
    });
    try {
      const { Invalidation } = await client.send(command, abortable(signal));
      if (Invalidation?.Id === undefined || Invalidation.Status === undefined) return unreadable('CloudFront');
      return { invalidationId: Invalidation.Id, completed: Invalidation.Status === 'Completed' };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error instanceof AwsError ? error : toBackendError('CloudFront', error, this.#options.clock.now());
    }
  }

  #check(terms: PolicyTerms): void {
    checkPolicyTerms(terms, Math.floor(this.#options.clock.now() / 1000));
  }

  #connect(): Promise<cloudfront.CloudFrontClient> {
    // A connection that failed is made again: otherwise one temporary failure, such as too many open files, would end all
    // purges.
    this.#client ??= this.#options.connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }
}
