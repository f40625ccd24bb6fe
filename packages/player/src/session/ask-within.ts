import { type Clock, TimeoutError } from '@videostorage/core';

/** Time limit of one attempt; after it the host app is called again. */
export const ATTEMPT_TIMEOUT_MS: number = 10_000;

/**
 * One attempt with a time limit: the request is aborted with the caller's signal and at the limit. One that ignores the
 * abort is not awaited. @throws {TimeoutError} at the limit @throws the caller's own reason
 */
export async function askWithin<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const answered = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  const refused = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
  });
  const timeout = () => controller.abort(new TimeoutError('The host app did not answer in time.'));
  clock.sleep(ATTEMPT_TIMEOUT_MS, answered.signal).then(timeout, ignoreAnswer);
  try {
    return await Promise.race([ask(controller.signal), refused]);
  } finally {
    answered.abort(ANSWERED);
    signal?.removeEventListener('abort', stop);
  }
}

const ANSWERED = new Error('The host app has answered.');

/** Rejecting the sleep stops the timer of the limit. */
function ignoreAnswer(): void {}
