import { randomBytes } from 'node:crypto';

/** A refusal of CloudFront's API. */
export class InvalidationRefusal extends Error {
  /** HTTP status. */
  readonly status: number;
  /** `<Code>` of the XML body. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** One requested batch. */
export interface EmulatedInvalidation {
  readonly id: string;
  readonly callerReference: string;
  readonly items: readonly string[];
  readonly createdAtMs: number;
}

/** Quotas of the API (CloudFront Developer Guide, "Quotas on invalidations"). */
const MAX_PATHS_IN_PROGRESS = 3000;
const MAX_WILDCARDS_IN_PROGRESS = 15;
const MAX_PATH_LENGTH = 4000;
/** Characters that a URL may contain unencoded, complete escapes, and one `*` at the end. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()+,;=:@/?]|%[0-9A-Fa-f]{2})*\*?$/;
/** Printable ASCII without comma and `*`: tags have no wildcards. */
const TAG = /^#[\x21-\x29\x2B\x2D-\x7E]{1,256}$/;

/** The invalidations of one distribution: idempotent by caller reference, done after a while, bounded in number. */
export class Invalidations {
  readonly #delayMs: number;
  readonly #purge: (item: string) => void;
  #batches: readonly (EmulatedInvalidation & { readonly done: boolean })[] = [];

  /** `purge` is called for each item when its batch completes. */
  constructor(delayMs: number, purge: (item: string) => void) {
    this.#delayMs = delayMs;
    this.#purge = purge;
  }

  /** Begins a batch, or returns the earlier one with the same reference and items. @throws {InvalidationRefusal} */
  create(callerReference: string, items: readonly string[], quantity: number, nowMs: number): EmulatedInvalidation {
    this.settle(nowMs);
    if (callerReference === '') throw new InvalidationRefusal(400, 'MissingBody', 'The caller reference is missing.');
    if (quantity !== items.length) {
      throw new InvalidationRefusal(
        400,
        'InconsistentQuantities',
        'The value of Quantity and the size of Items do not match.',
      );
    }
    if (
      items.length === 0 ||
      items.some((item) => item.length > MAX_PATH_LENGTH || !(PATH.test(item) || TAG.test(item)))
    ) {
      throw new InvalidationRefusal(
        400,
        'InvalidArgument',
        'Your request contains one or more invalid invalidation paths.',
      );
    }
    if (items.length > MAX_PATHS_IN_PROGRESS)
      throw new InvalidationRefusal(413, 'BatchTooLarge', 'Invalidation batch specified is too large.');
    const earlier = this.#batches.find((batch) => batch.callerReference === callerReference);
    if (earlier !== undefined) {
      if (earlier.items.join('\n') === items.join('\n')) return earlier;
      throw new InvalidationRefusal(
        400,
        'InvalidationBatchAlreadyExists',
        'The caller reference is used by another batch.',
      );
    }
    this.#refuseBeyondQuota(items);
    const batch = {
      id: `I${randomBytes(8).toString('hex').toUpperCase()}`,
      callerReference,
      items,
      createdAtMs: nowMs,
      done: false,
    };
    this.#batches = [...this.#batches, batch];
    this.settle(nowMs);
    return batch;
  }

  /** Whether it has completed. */
  isCompleted(batch: EmulatedInvalidation, nowMs: number): boolean {
    return nowMs >= batch.createdAtMs + this.#delayMs;
  }

  /** Completes the batches that are due: only then are their items purged. */
  settle(nowMs: number): void {
    this.#batches = this.#batches.map((batch) => {
      if (batch.done || !this.isCompleted(batch, nowMs)) return batch;
      for (const item of batch.items) this.#purge(item);
      return { ...batch, done: true };
    });
  }

  #refuseBeyondQuota(items: readonly string[]): void {
    const all = [...this.#batches.filter((batch) => !batch.done).flatMap((batch) => batch.items), ...items];
    const wildcards = all.filter((item) => item.endsWith('*')).length;
    if (all.length <= MAX_PATHS_IN_PROGRESS && wildcards <= MAX_WILDCARDS_IN_PROGRESS) return;
    throw new InvalidationRefusal(
      400,
      'TooManyInvalidationsInProgress',
      'You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.',
    );
  }
}
