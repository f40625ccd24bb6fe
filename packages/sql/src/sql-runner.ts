import { type Clock, isVideoStorageError, StoreUnavailableError, systemClock } from '@videostorage/core';
import type { Kysely, KyselyPlugin, Transaction } from 'kysely';
import { type DriverErrorKind, driverErrorKind, driverErrorText } from './driver-error.ts';
import type { SqlFamily } from './sql-family.ts';
import type { VideoTables } from './video-tables.ts';

/**
 * Number of attempts, and the longest first and last wait: a call that waits for a lock succeeds after a few attempts; with
 * a lost database none succeeds.
 */
const BOUNDS: Readonly<Partial<Record<DriverErrorKind, { attempts: number; baseMs: number; capMs: number }>>> = {
  contention: { attempts: 25, baseMs: 5, capMs: 400 },
  connection: { attempts: 4, baseMs: 50, capMs: 1000 },
};

/** Options of a runner. */
export interface SqlRunnerParts {
  /** Without the host app's plugins, with its schema. */
  readonly database: Kysely<VideoTables>;
  /** The SQL dialect. */
  readonly family: SqlFamily;
  /** Clock for the waits between attempts; `timeoutMs` is measured by the computer's time. Default: the computer's time. */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  /** Random numbers from 0 to 1, for the waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** How long one run or transaction may take, its attempts and waits included. Default 30 000. */
  readonly timeoutMs?: number | undefined;
}

/** Default of `timeoutMs`. A database that does not answer, for instance behind a firewall, counts as unreachable. */
const TIMEOUT_MS = 30_000;

/** One attempt; the signal aborts when the time has passed. */
type Attempt<Result> = (database: Kysely<VideoTables>, isAgain: boolean, signal: AbortSignal) => Promise<Result>;

/** A unique key already exists; the caller knows which one it may be. */
export class DuplicateKeyError extends Error {}

/**
 * Runs statements and transactions, and repeats them after deadlocks, lock waits and lost connections, a bounded number of
 * times with full jitter. The last error becomes a `StoreUnavailableError`, which contains no credentials and no values.
 * Errors of the library are thrown unchanged.
 */
export class SqlRunner {
  /** The SQL dialect. */
  readonly family: SqlFamily;
  readonly #database: Kysely<VideoTables>;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #random: () => number;
  readonly #timeoutMs: number;

  constructor(parts: SqlRunnerParts) {
    const { database, family, clock = systemClock, random = Math.random, timeoutMs = TIMEOUT_MS } = parts;
    this.#database = database;
    this.family = family;
    this.#clock = clock;
    this.#random = random;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Runs statements that may be repeated, on one connection. `isAgain` says that an earlier attempt lost its connection, and
   * may have had its effect. A call that is not answered in time is abandoned: no further statement is sent, nor one that
   * still waits for a connection; a statement that was already sent is not stopped, and may still be executed.
   * @throws {StoreUnavailableError} @throws {DuplicateKeyError}
   */
  async run<Result>(work: (database: Kysely<VideoTables>, isAgain: boolean) => Promise<Result>): Promise<Result> {
    return await this.#inTime(async (database, isAgain) => {
      // Gets the connection first: otherwise a statement that got one too late would still be sent.
      return await database.connection().execute((connected) => work(connected, isAgain));
    });
  }

  /**
   * `run` in a transaction in which each statement sees what others have committed. An abandoned one is rolled back, unless
   * its commit was already sent.
   */
  async transaction<Result>(
    work: (transaction: Transaction<VideoTables>, isAgain: boolean) => Promise<Result>,
  ): Promise<Result> {
    return await this.#inTime(async (database, isAgain, signal) => {
      // SQLite has one writer, whose transactions are serialised.
      const begin =
        this.family === 'sqlite' ? database.transaction() : database.transaction().setIsolationLevel('read committed');
      return await begin.execute(async (transaction) => {
        const result = await work(transaction, isAgain);
        // Throwing here rolls the transaction back.
        signal.throwIfAborted();
        return result;
      });
    });
  }

  async #inTime<Result>(attempt: Attempt<Result>): Promise<Result> {
    const time = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const cause = new Error(`The database did not answer within ${this.#timeoutMs} ms.`);
        reject(new StoreUnavailableError(undefined, { cause }));
        time.abort();
      }, this.#timeoutMs);
    });
    try {
      return await Promise.race([this.#repeat(attempt, time.signal), end]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #repeat<Result>(attempt: Attempt<Result>, signal: AbortSignal): Promise<Result> {
    const database = this.#database.withPlugin(sentBefore(signal));
    let isAgain = false;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(database, isAgain, signal);
      } catch (error) {
        if (isVideoStorageError(error)) throw error;
        const kind = driverErrorKind(error);
        if (kind === 'duplicate') throw new DuplicateKeyError('A key is not unique.');
        const bounds = BOUNDS[kind];
        if (bounds === undefined || attempts >= bounds.attempts) throw unavailable(error, kind);
        isAgain ||= kind === 'connection';
        await this.#clock.sleep(this.#random() * Math.min(bounds.capMs, bounds.baseMs * 2 ** attempts), signal);
        signal.throwIfAborted();
      }
    }
  }
}

/** Sends no statement once the signal is aborted. */
function sentBefore(signal: AbortSignal): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      signal.throwIfAborted();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

/** The driver's error is not attached as cause: it may contain statements with values, and settings of the connection. */
function unavailable(error: unknown, kind: DriverErrorKind): StoreUnavailableError {
  const advice = kind === 'tables' ? 'Run migrateVideoTables(database) of @videostorage/sql first. ' : '';
  return new StoreUnavailableError(undefined, { cause: new Error(`${advice}${driverErrorText(error)}`) });
}
