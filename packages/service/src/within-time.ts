import type { Clock } from '@videostorage/core';

/** Shorter than a lease: another process does not call the same function meanwhile. */
const MAX_MINUTES = 4;

/**
 * Calls a function of the host app that a sweep waits for. One that never ends would end the maintenance of its process: no sweep
 * would follow, and nothing unfinished would be finished any more. It is not stopped; what it does later is ignored.
 * @throws {Error} it took longer than 4 minutes @throws what the function throws
 */
export async function withinTime<Result>(
  clock: Pick<Clock, 'sleep'>,
  name: string,
  call: () => Result | Promise<Result>,
): Promise<Result> {
  const ended = new AbortController();
  const late = async (): Promise<never> => {
    await clock.sleep(MAX_MINUTES * 60_000, ended.signal);
    throw new Error(`${name} did not end within ${MAX_MINUTES} minutes.`);
  };
  try {
    return await Promise.race([(async () => call())(), late()]);
  } finally {
    ended.abort();
  }
}
