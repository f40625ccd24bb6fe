import { foldText, searchWords } from '../fold-text.ts';
import { timeBound } from '../time-cursor.ts';
import type { VideoRecord } from '../video-record.ts';
import type { VideoRecordFilter } from '../video-records.ts';

/** Whether a record matches a filter and the words of a search. */
export function recordMatch(
  filter: VideoRecordFilter & { readonly text?: string | undefined },
): (record: VideoRecord) => boolean {
  const words = searchWords(filter.text ?? '');
  const fromMs = timeBound('createdFrom', filter.createdFrom) ?? Number.NEGATIVE_INFINITY;
  const beforeMs = timeBound('createdBefore', filter.createdBefore) ?? Infinity;
  return (record) =>
    isOneOf(filter.statuses, record.status) &&
    isWanted(filter.userId, record.userId) &&
    isWanted(filter.contextId, record.contextId) &&
    isWanted(filter.tenantId, record.tenantId) &&
    isWanted(filter.backendName, record.backendName) &&
    Date.parse(record.createdAt) >= fromMs &&
    Date.parse(record.createdAt) < beforeMs &&
    (words.length === 0 || containsAll(foldText(record.fileName), words));
}

function isWanted<Value>(wanted: Value | undefined, value: Value | null): boolean {
  return wanted === undefined || wanted === value;
}

function isOneOf<Value>(wanted: readonly Value[] | undefined, value: Value): boolean {
  return wanted === undefined || wanted.includes(value);
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}
