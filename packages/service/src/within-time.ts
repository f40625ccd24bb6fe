import type { Clock } from '@videostorage/core';

/** Shorter than a lease: another process does not call the same function meanwhile. */
const MAX_MINUTES = 4;

/**
 * Calls a function of the host app that a sweep waits for, with a time limit. One that never ends would block the
 * maintenance of its process: no further sweep would run, and nothing unfinished would be finished. The function is not
 * stopped; its later result is ignored.
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
