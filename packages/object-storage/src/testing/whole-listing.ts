import { ok } from 'node:assert/strict';
import type { KeyPage, KeyPageRequest, Leftover, ObjectStore, StoredKey } from '../object-store.ts';

/** Bound of each listing: a store that repeats itself fails and does not hang. */
export const MAX_PAGES = 200;

/** All keys of a listing, by pages of `limit`. */
export async function allKeys(
  limit: number,
  list: (page: KeyPageRequest) => Promise<KeyPage>,
): Promise<readonly StoredKey[]> {
  const found: StoredKey[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const { keys, more } = await list({ after: found.at(-1)?.key, limit });
    ok(keys.length <= limit);
    found.push(...keys);
    if (!more) return found;
    ok(keys.length > 0, 'an empty page must be the last one');
  }
  throw new Error('The listing does not end.');
}

/** All leftovers, one by one. */
export async function allLeftovers(store: ObjectStore): Promise<readonly Leftover[]> {
  const { signal } = new AbortController();
  const found: Leftover[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { leftovers, cursor: next } = await store.listLeftovers({ cursor, limit: 1 }, signal);
    ok(leftovers.length <= 1, 'a page must not be longer than its limit');
    found.push(...leftovers);
    if (next === undefined) return found;
    cursor = next;
  }
  throw new Error('The listing does not end.');
}
