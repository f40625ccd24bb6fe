import { ConflictError } from '@videostorage/core';

/** The part of `navigator.locks` that is used. */
interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    work: (lock: unknown) => Promise<unknown>,
  ): Promise<unknown>;
}

const PREFIX = 'videostorage.upload.';
const held = new Set<string>();

/**
 * Does something while nobody else in this browser does it for the same upload: by Web Locks over all tabs; where a page has
 * none (not HTTPS), within the page. A lock ends with its tab.
 * @throws {ConflictError} somebody does it now
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
  if (locks === undefined) {
    if (held.has(key)) return refuse();
    held.add(key);
    try {
      return await work();
    } finally {
      held.delete(key);
    }
  }
  const outcome: { value?: Result } = {};
  await locks.request(PREFIX + key, { ifAvailable: true }, async (lock) => {
    if (lock === null) return refuse();
    outcome.value = await work();
    return undefined;
  });
  return outcome.value as Result;
}

function locksOfPage(): Locks | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: Locks } };
  return navigator?.locks;
}
