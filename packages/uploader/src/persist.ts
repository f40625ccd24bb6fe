import type { BackOff } from './back-off.ts';
import type { Connection } from './page/connection.ts';

/** What `persist` goes by. */
export interface Persistence {
  /** Ends it, for a pause or for good. */
  readonly signal: AbortSignal;
  /** Waits after failures, and says when there were enough. */
  readonly backOff: BackOff;
  /** While there is no network nothing is tried, and no failure counts. */
  readonly connection: Connection;
}

/** Does something until it succeeds. @throws the signal's reason, or the failure that is final */
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
        signal.throwIfAborted();
        if (!lost.aborted) throw reason;
      });
    }
  }
}
