import { compareKeys } from './bucket.ts';

/** One page of a list. */
export interface ListPage<Entry> {
  readonly entries: readonly Entry[];
  /** Groups of keys with the same text up to the delimiter; each counts like one key. */
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** Key or common prefix that was listed last. */
  readonly last: string;
}

/** Cuts one page out of entries that are sorted by key. */
export function pageOf<Entry extends { readonly key: string }>(
  sorted: readonly Entry[],
  { prefix, delimiter, after, limit }: { prefix: string; delimiter: string; after: string; limit: number },
): ListPage<Entry> {
  const entries: Entry[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  for (const entry of sorted) {
    const group = groupOf(entry.key, prefix, delimiter);
    const name = group ?? entry.key;
    if (compareKeys(name, after) <= 0 || name === commonPrefixes.at(-1)) continue;
    if (entries.length + commonPrefixes.length >= limit)
      return { entries, commonPrefixes, isTruncated: limit > 0, last };
    if (group === undefined) entries.push(entry);
    else commonPrefixes.push(group);
    last = name;
  }
  return { entries, commonPrefixes, isTruncated: false, last };
}

function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
