import { element } from '../element.ts';
import type { HistoryEntry } from '../host.ts';
import { describeEvent, readableMoment } from '../sentences.ts';

/** History entries, newest first. Consecutive grants of one person for one video, as renewals are, become one line. */
export function historyLines(entries: readonly HistoryEntry[], leadsToVideos: boolean): readonly HTMLElement[] {
  return entries
    .filter((entry, index) => !isSameWatching(entry, entries[index - 1]))
    .map((entry) => {
      const { at, recordId, outcome } = entry;
      const text = describeEvent(entry);
      const attributes = { href: `#/videos/${recordId}` };
      return element(
        'li',
        outcome === 'ok' ? {} : 'refused',
        element('time', { attributes: { datetime: at } }, readableMoment(at)),
        element('span', {}, leadsToVideos && recordId !== null ? element('a', { attributes }, text) : text),
      );
    });
}

function isSameWatching(entry: HistoryEntry, later: HistoryEntry | undefined): boolean {
  const isWatching = entry.event === 'playback.issued' && later?.event === 'playback.issued';
  return isWatching && entry.userId === later.userId && entry.recordId === later.recordId;
}
