import type { BackOff } from './back-off.ts';
import type { Connection } from './page/connection.ts';

/** The parts that end and delay the attempts of `persist`. */
export interface Persistence {
  /** Ends the attempts: a pause or an abort. */
  readonly signal: AbortSignal;
  /** Waits after failures, and throws when there were too many. */
  readonly backOff: BackOff;
  /** While the page is offline nothing is tried, and no failure counts. */
  readonly connection: Connection;
}

/** Repeats work until it succeeds. @throws the signal's reason, or the failure that is not retried */
export async function persist<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { signal, backOff, connection }: Persistence,
): Promise<Result> {
  for (;;) {
    if (!connection.isOnline) {
      await connection.whenOnline(signal);
      backOff.reset();
    }
    signal.throwIfAborted();
    const { lost } = connection;
    const either = AbortSignal.any([signal, lost]);
    try {
      return await work(either);
    } catch (error) {
      signal.throwIfAborted();
      if (lost.aborted) continue;
      await backOff.wait(error, either).catch((reason: unknown) => {
        if (!lost.aborted) throw reason;
      });
    }
  }
}
