import { mkdir, type NoParamCallback, rmdir, rmdirSync, stat, utimes } from 'node:fs';
import { stat as look } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, lock } from 'proper-lockfile';
import { KeyedLock, type RequestRelease } from './keyed-lock.ts';
import type { StoreFolders } from './store-folders.ts';

/** A lock whose holder has not touched it for so long belongs to a process that is gone. */
const STALE_MS = 10_000;
/** A holder checks the time so often. When it finds a longer gap, it was suspended, and may not be the only holder any more. */
const TICK_MS = 1000;
const LONGEST_GAP_MS = 5000;
const POLL_MS = 50;

/** How to wait for a lock. */
export interface AcquireOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Called when another caller of this process waits. */
  readonly requestRelease?: RequestRelease | undefined;
  /** Longest wait for another process. Default: until the signal aborts. */
  readonly maxWaitMs?: number | undefined;
  /** The most callers of this process that may have the lock or wait for it, this one included. Default: no limit. */
  readonly maxHolders?: number | undefined;
}

/** The lock on one sent file. */
export interface UploadLock {
  /** False as soon as another process may have taken it over; to be asked before each write. */
  isHeld(): boolean;
  /** Ends it; once it is lost, does nothing. */
  release(): Promise<void>;
}

/** The lock is taken; try again later. */
export class UploadLockedError extends Error {
  /** As `@tus/server` reads it: 423, which tus clients retry. */
  readonly status_code = 423;
}

/**
 * One holder at a time for each sent file, over all processes that use the folder: within this process by a queue, beyond it by
 * proper-lockfile (a folder beside the file, kept fresh while it is held).
 */
export class UploadLocks {
  readonly #folders: StoreFolders;
  readonly #local = new KeyedLock();

  constructor(folders: StoreFolders) {
    this.#folders = folders;
  }

  /**
   * Waits in the queue. @throws {UploadLockedError} too many wait, or another process holds it for too long @throws the
   * signal's reason
   */
  async acquire(name: string, options: AcquireOptions = {}): Promise<UploadLock> {
    const {
      signal,
      requestRelease,
      maxHolders = Number.POSITIVE_INFINITY,
      maxWaitMs = Number.POSITIVE_INFINITY,
    } = options;
    if (this.#local.count(name) >= maxHolders) throw new UploadLockedError();
    const leaveQueue = await this.#local.acquire(name, signal, requestRelease);
    try {
      const startedAt = performance.now();
      for (;;) {
        signal?.throwIfAborted();
        const held = await this.#tryLock(name, leaveQueue);
        if (held !== undefined) return held;
        if (performance.now() - startedAt >= maxWaitMs) throw new UploadLockedError();
        await sleep(POLL_MS);
      }
    } catch (error) {
      leaveQueue();
      throw error;
    }
  }

  /** Does not wait; undefined when it is taken. */
  async tryAcquire(name: string): Promise<UploadLock | undefined> {
    try {
      return await this.acquire(name, { maxHolders: 1, maxWaitMs: 0 });
    } catch (error) {
      if (error instanceof UploadLockedError) return undefined;
      throw error;
    }
  }

  /** Whether it is held, in any process. */
  isLocked(name: string): Promise<boolean> {
    const path = join(this.#folders.uploads, name);
    return check(path, { stale: STALE_MS, realpath: false });
  }

  async #tryLock(name: string, leaveQueue: () => void): Promise<UploadLock | undefined> {
    let isLost = false;
    let lastTick = Date.now();
    const onCompromised = () => {
      isLost = true;
    };
    const path = join(this.#folders.uploads, name);
    let keptAtMs = 0;
    const keepFresh = (lockFolder: string, accessed: Date, modified: Date, done: NoParamCallback) => {
      utimes(lockFolder, accessed, modified, (error) => {
        if (error === null) keptAtMs = modified.getTime();
        done(error);
      });
    };
    const fs = { mkdir, rmdir, rmdirSync, stat, utimes: keepFresh };
    const unlock = await unlessLocked(() => lock(path, { stale: STALE_MS, realpath: false, onCompromised, fs }));
    if (unlock === undefined) return undefined;
    const isLate = () => Date.now() - lastTick > LONGEST_GAP_MS;
    const ticking = setInterval(() => {
      isLost ||= isLate();
      lastTick = Date.now();
    }, TICK_MS);
    ticking.unref();
    return {
      isHeld: () => {
        isLost ||= isLate();
        return !isLost;
      },
      release: async () => {
        clearInterval(ticking);
        isLost ||= isLate();
        try {
          // proper-lockfile itself finds out only later, and would remove the lock of the process that took over.
          if (!isLost || (await isKeptSince(`${path}.lock`, keptAtMs))) await unlock();
        } catch (error) {
          // Another process took the lock over because this one was too slow, or the lock is gone: there is nothing to release.
          if (!isLost && !hasCode(error, 'ERELEASED', 'ENOTACQUIRED')) throw error;
        } finally {
          leaveQueue();
        }
      },
    };
  }
}

/**
 * Whether the folder of a lock was last touched at that time: the folder of a process that took over is younger by `STALE_MS`.
 */
async function isKeptSince(folder: string, keptAtMs: number): Promise<boolean> {
  return (await look(folder)).mtimeMs - keptAtMs < STALE_MS / 2;
}

async function unlessLocked(take: () => Promise<() => Promise<void>>): Promise<(() => Promise<void>) | undefined> {
  try {
    return await take();
  } catch (error) {
    if (hasCode(error, 'ELOCKED')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
