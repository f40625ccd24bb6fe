import { BackendError } from '@videostorage/core';
import type { StoreSteps } from './store-steps.ts';

/** The most keys of one `hideKeys`, which is the limit of S3's DeleteObjects. */
const HIDE_AT_ONCE = 1000;
/** Bounds each loop: a million keys of one video. */
const MAX_PAGES = 1000;

/** Every key below a video that is not hidden. */
export async function findVideoKeys(steps: StoreSteps, videoId: string): Promise<readonly string[]> {
  const found: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { keys, more } = await steps.listVideoKeys(videoId, { after, limit: HIDE_AT_ONCE });
    found.push(...keys.map(({ key }) => key));
    after = keys.at(-1)?.key;
    if (!more || after === undefined) return found;
  }
  throw endless(videoId);
}

/** Hides keys of any number of videos. */
export async function hideKeys(steps: StoreSteps, keys: readonly string[]): Promise<void> {
  for (let first = 0; first < keys.length; first += HIDE_AT_ONCE) {
    await steps.hideKeys(keys.slice(first, first + HIDE_AT_ONCE));
  }
}

/** Hides a video. @returns how many keys it had */
export async function hideVideo(steps: StoreSteps, videoId: string): Promise<number> {
  const keys = await findVideoKeys(steps, videoId);
  await hideKeys(steps, keys);
  return keys.length;
}

/** Removes the old versions of a hidden video. @returns whether some may not be removed */
export async function freeAllVersions(steps: StoreSteps, videoId: string): Promise<boolean> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const { more, retained } = await steps.freeVersions(videoId);
    if (!more) return retained;
  }
  throw endless(videoId);
}

function endless(videoId: string): BackendError {
  return new BackendError('BACKEND_BAD_RESPONSE', `The listing of ${videoId} does not end.`);
}
