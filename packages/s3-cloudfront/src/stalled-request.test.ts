import { type RetriedOperation, RetryHandler } from '@videostorage/core';
import { fixtures, ManualClock } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { type Operation, operationsOver } from '../test-support/operations.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

const operations = operationsOver((await fixtures.moovFirst.read()).length);
/** The operations with the most steps in the bucket, and one that calls the edge. */
const NAMES = ['confirmUpload', 'confirmUpload in parts', 'listParts', 'deleteVideo'];
/** Times and random ids, which differ in each run. */
const VARIABLE_TEXT = /\d{4}-\d\d-\d\dT[\d:.]+Z|(?<="revision":")[0-9a-f]{32}|(?<=\.)[0-9a-f]{32}/g;

/** The bound of one attempt, at its minimum. */
const ATTEMPT_TIMEOUT_MS = 1000;

/** Does not advance, however slow the computer is, until a request stalls; there is no wait before a retry. */
class AttemptClock extends ManualClock {
  override async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (delayMs > 0) await super.sleep(delayMs, signal);
  }
}

/** Records why an attempt is made again. */
class WatchedRetryHandler extends RetryHandler {
  readonly reasons: string[] = [];

  constructor(clock: ManualClock) {
    super({ attemptTimeoutMs: ATTEMPT_TIMEOUT_MS, clock, random: () => 0 });
  }

  override runWithin<T>(
    deadline: Parameters<RetryHandler['runWithin']>[0],
    operation: RetriedOperation,
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
  ): Promise<T> {
    const onRetry: RetriedOperation['onRetry'] = (retry) => {
      this.reasons.push(retry.error.message);
      operation.onRetry?.(retry);
    };
    return super.runWithin(deadline, { ...operation, onRetry }, attempt);
  }
}

/** The result of the call, and the content of the bucket afterwards. `stallsAt`: which request, from 1, is never answered. */
async function outcomeOf({ inParts, prepare, run }: Operation, stallsAt?: number) {
  const attemptClock = new AttemptClock();
  const retryHandler = new WatchedRetryHandler(attemptClock);
  const subject = await createEmulatedSubject({ retryHandler, ...(inParts && { multipartThresholdBytes: 1 }) });
  const { s3, cloudFront } = subject;
  const asked = () => s3.requests.length + cloudFront.requests.length;
  try {
    const ticket = await prepare(subject);
    const before = asked();
    let seen = 0;
    const matches = ({ headers }: { readonly headers: object }) => {
      if (!('authorization' in headers) || ++seen !== stallsAt) return false;
      setImmediate(() => attemptClock.advance(ATTEMPT_TIMEOUT_MS));
      return true;
    };
    if (stallsAt !== undefined) s3.failNext({ kind: 'hang' }, { matches });
    const { reasons } = retryHandler;
    reasons.length = 0;
    const answer = await run(subject, ticket, { timeoutMs: 30_000 });
    // The sweep frees the copy of an attempt that was given up.
    const keys = s3.keys.filter((key) => !/^uploads\/[0-9a-f]{32}\./.test(key));
    const text = JSON.stringify([answer ?? 'nothing', keys, s3.pendingMultipartUploads]);
    return {
      requests: asked() - before,
      reasons,
      outcome: JSON.parse(text.replace(VARIABLE_TEXT, 'chance')) as unknown,
    };
  } finally {
    await subject.dispose();
  }
}

test.each(
  operations.filter(({ name }) => NAMES.includes(name)).map((operation) => [operation.name, operation] as const),
)(
  'contract 8: %s succeeds with the same result when any one of its requests is never answered',
  async (_name, operation) => {
    const { requests, reasons, outcome } = await outcomeOf(operation);
    const places = Array.from({ length: requests }, (_, index) => index + 1);
    expect(places).not.toHaveLength(0);
    expect(reasons).toEqual([]);
    await Promise.all(
      places.map(async (place) => {
        const stalled = await outcomeOf(operation, place);
        expect(stalled.outcome, `request ${place} of ${requests}`).toEqual(outcome);
        expect(stalled.requests).toBeGreaterThan(requests);
        // Ended by the bound of the attempt, not by one that the SDK has for its requests.
        expect(stalled.reasons).toContain('The storage did not answer a request within 1 second.');
      }),
    );
  },
);
