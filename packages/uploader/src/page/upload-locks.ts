import { ConflictError, systemClock } from '@videostorage/core';

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
): Promise<Result> {
  const refuse = (): never => {
    throw new ConflictError(`“${fileName}” is being uploaded already, here or in another tab.`);
  };
  const locks = locksOfPage();
  if (locks === undefined) return withLockOfPage(key, work, refuse);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let outcome: Promise<Result> | undefined;
  try {
    await locks.request(PREFIX + key, { signal }, () => {
      outcome = work();
      return outcome;
    });
  } catch (error) {
    if (outcome !== undefined) throw error;
    if (signal.aborted) return refuse();
    if (error instanceof DOMException && error.name === 'SecurityError') return withLockOfPage(key, work, refuse);
    throw error;
  }
  return outcome ?? refuse();
}

async function withLockOfPage<Result>(key: string, work: () => Promise<Result>, refuse: () => never): Promise<Result> {
  await freeOrLate(key);
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

/** Resolves when nothing in this page holds the key, or after `PATIENCE_MS`. */
async function freeOrLate(key: string): Promise<void> {
  const holder = held.get(key);
  if (holder === undefined) return;
  const over = new AbortController();
  const late = systemClock.sleep(PATIENCE_MS, over.signal).catch(() => undefined);
  await Promise.race([late, holder.catch(() => undefined)]);
  over.abort();
}
