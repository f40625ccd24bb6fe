import { type Clock, ConflictError } from '@videostorage/core';
import { shownName } from '../shown-name.ts';

/** The part of `navigator.locks` that is used. */
interface Locks {
  request(name: string, options: { readonly signal: AbortSignal }, work: () => Promise<unknown>): Promise<unknown>;
}

const PREFIX = 'videostorage.upload.';
/** A tab that is being closed or reloaded holds its locks for a moment. */
const PATIENCE_MS = 2000;
const held = new Map<string, Promise<unknown>>();

/**
 * Does work that only one tab may do for the same upload at a time: by Web Locks across all tabs; within the page where there are
 * none (not HTTPS) or they are forbidden (a sandboxed frame). A lock ends with its tab.
 * @throws {ConflictError} it is being done now
 */
export async function withUploadLock<Result>(
  key: string,
  fileName: string,
  work: () => Promise<Result>,
  clock: Pick<Clock, 'sleep'>,
): Promise<Result> {
  const refuse = (): never => {
    throw new ConflictError(`“${shownName(fileName)}” is being uploaded already, here or in another tab.`);
  };
  const locks = locksOfPage();
  const ofPage = () => withLockOfPage(key, clock, work, refuse);
  if (locks === undefined) return ofPage();
  const late = new AbortController();
  const over = new AbortController();
  // The signal does not release a lock that is already held.
  patience(clock, over.signal).then(() => late.abort());
  let outcome: Promise<Result> | undefined;
  try {
    await locks.request(PREFIX + key, { signal: late.signal }, () => {
      over.abort();
      outcome = work();
      return outcome;
    });
  } catch (error) {
    if (outcome !== undefined) throw error;
    if (late.signal.aborted) return refuse();
    if (error instanceof DOMException && error.name === 'SecurityError') return ofPage();
    throw error;
  } finally {
    over.abort();
  }
  return outcome ?? refuse();
}

async function withLockOfPage<Result>(
  key: string,
  clock: Pick<Clock, 'sleep'>,
  work: () => Promise<Result>,
  refuse: () => never,
): Promise<Result> {
  const holder = held.get(key);
  if (holder !== undefined) await freeOrLate(holder, clock);
  if (held.has(key)) return refuse();
  const working = work();
  held.set(key, working);
  try {
    return await working;
  } finally {
    held.delete(key);
  }
}

function locksOfPage(): Locks | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: Locks } };
  return navigator?.locks;
}

/** Resolves when the other work has ended, or after `PATIENCE_MS`. */
async function freeOrLate(holder: Promise<unknown>, clock: Pick<Clock, 'sleep'>): Promise<void> {
  const over = new AbortController();
  await Promise.race([patience(clock, over.signal), holder.catch(() => undefined)]);
  over.abort();
}

/** Resolves after `PATIENCE_MS`, or at once when it is no longer needed. */
function patience(clock: Pick<Clock, 'sleep'>, over: AbortSignal): Promise<void> {
  return clock.sleep(PATIENCE_MS, over).catch(() => {
    // Stops the wait.
  });
}
