import { type RetriedOperation, RetryHandler } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { afterAll, expect, test } from 'vitest';
import { type ApiOperation, apiOperations } from '../test-support/api-operations.ts';
import { prepareAccount } from '../test-support/prepared-account.ts';
import { rawVideo, Subjects } from '../test-support/subjects.ts';

const subjects = new Subjects();
afterAll(() => subjects.dispose());

/** Operations that may be repeated, and always do the same. */
const repeatable = apiOperations.filter((operation) => operation.class === 'always');
/** Ports, times, and random values, which differ in each run. */
const VARIABLE_TEXT =
  /127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{32}|eyJ[\w.-]+|(?<="(?:id|secret|code|token)":")[^"]+/g;

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

/** The result of the call, and the video afterwards. `stallsAt`: which request, from 1, is never answered. */
async function outcomeOf(operation: ApiOperation, stallsAt?: number) {
  const attemptClock = new AttemptClock();
  const retryHandler = new WatchedRetryHandler(attemptClock);
  const unsigned = operation.storage === 'unsigned' ? { signingKeys: [] } : {};
  const overrides = { retryHandler, ...unsigned };
  const { subject, storage, ids } = await prepareAccount(subjects, operation, { overrides });
  const { emulator } = subject;
  const before = emulator.requests.length;
  let seen = 0;
  const matches = ({ url = '' }) => {
    if (!url.startsWith('/client/v4/') || ++seen !== stallsAt) return false;
    setImmediate(() => attemptClock.advance(ATTEMPT_TIMEOUT_MS));
    return true;
  };
  if (stallsAt !== undefined) emulator.failNext({ kind: 'hang' }, { matches });
  const { reasons } = retryHandler;
  reasons.length = 0;
  const answer = await operation.run(storage, ids, { timeoutMs: 30_000 });
  const requests = emulator.requests.length - before;
  const text = JSON.stringify([answer ?? 'nothing', await rawVideo(subject, ids.videoId)]);
  return { requests, reasons, outcome: text.replace(VARIABLE_TEXT, 'chance') };
}

test.concurrent.each(repeatable.map((operation) => [operation.name, operation] as const))(
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
        expect(stalled.reasons).toContain('The storage did not answer a request within 1 second.');
      }),
    );
  },
);
