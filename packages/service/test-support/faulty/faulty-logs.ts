import type { EventLog, LogEntry } from '../../src/event-log.ts';
import type { EventLogSubject } from '../../src/testing/event-log-subject.ts';
import { encodeTimeCursor } from '../../src/time-cursor.ts';
import { memoryLogSubject } from '../memory-subjects.ts';
import { replaceMethods } from './replace-methods.ts';

/** A log with one fault, and the cases that must notice it. */
export interface FaultyLog {
  readonly fault: string;
  readonly noticedBy: readonly string[];
  spoil(sound: EventLog): Partial<EventLog>;
}

/** Every faulty implementation of `EventLog`. */
export const faultyLogs: readonly FaultyLog[] = [
  {
    fault: 'entries do not follow one another',
    noticedBy: ['chain/links'],
    spoil: (sound) => ({ append: async (entry) => ({ ...(await sound.append(entry)), previousHash: '' }) }),
  },
  {
    fault: 'a change that is written again becomes another entry',
    noticedBy: ['chain/known-change', 'chain/parallel-same'],
    spoil: (sound) => {
      let written = 100;
      return {
        append: (entry) => {
          written += 1;
          return sound.append({ ...entry, occurrence: entry.occurrence === null ? null : written });
        },
      };
    },
  },
  {
    fault: 'parallel changes get the same number',
    noticedBy: ['chain/parallel'],
    spoil: (sound) => ({
      append: async (entry) => {
        const appended = await sound.append(entry);
        return { ...appended, sequence: appended.sequence && Math.ceil(appended.sequence / 2) };
      },
    }),
  },
  {
    fault: 'accesses are part of the chain',
    noticedBy: ['chain/accesses-beside'],
    spoil: (sound) => {
      let written = 100;
      return {
        append: (entry) => {
          written += 1;
          return sound.append({ ...entry, occurrence: entry.occurrence ?? written });
        },
      };
    },
  },
  {
    fault: 'every chain is reported as intact',
    noticedBy: ['chain/tampering', 'chain/removal'],
    spoil: () => ({ verify: async () => undefined }),
  },
  {
    fault: 'users whose ids begin alike are erased too',
    noticedBy: ['chain/erased'],
    spoil: (sound) => ({
      erase: async (userId) => {
        const { entries } = await sound.list({ limit: 1000 });
        const alike = new Set(entries.flatMap((one) => (one.userId?.startsWith(userId) ? [one.userId] : [])));
        let erased = 0;
        for (const one of alike) erased += await sound.erase(one);
        return erased;
      },
    }),
  },
  {
    fault: 'entries are shared with those who read them',
    noticedBy: ['history/own-answers'],
    spoil: (sound) => {
      const shared = new Map<string, LogEntry>();
      return {
        list: async (query) => {
          const page = await sound.list(query);
          for (const entry of page.entries) if (!shared.has(entry.id)) shared.set(entry.id, { ...entry });
          return { ...page, entries: page.entries.map((entry) => shared.get(entry.id) ?? entry) };
        },
      };
    },
  },
  {
    fault: 'erasing blanks nothing',
    noticedBy: ['chain/erased'],
    spoil: () => {
      let left = 5;
      return {
        erase: async () => {
          const erased = left;
          left = 0;
          return erased;
        },
      };
    },
  },
  {
    fault: 'the oldest entry of a page comes first',
    noticedBy: ['history/pages', 'history/filters'],
    spoil: (sound) => ({
      list: async (query) => {
        const page = await sound.list(query);
        return { ...page, entries: page.entries.toReversed() };
      },
    }),
  },
  {
    fault: 'every page has a cursor',
    noticedBy: ['history/last-page'],
    spoil: (sound) => ({
      list: async (query) => ({
        cursor: encodeTimeCursor('entries', { atMs: 0, id: '' }),
        ...(await sound.list(query)),
      }),
    }),
  },
  {
    fault: 'an invalid cursor is ignored',
    noticedBy: ['history/foreign-cursor'],
    spoil: (sound) => ({
      list: ({ cursor, ...query }) => sound.list({ ...query, cursor }).catch(() => sound.list(query)),
    }),
  },
  {
    fault: 'an unknown filter is ignored',
    noticedBy: ['history/misspelt'],
    spoil: (sound) => ({ list: ({ userId, limit, cursor }) => sound.list({ userId, limit, cursor }) }),
  },
  {
    fault: 'filters that are getters of a class are lost',
    noticedBy: ['history/misspelt'],
    spoil: (sound) => ({ countByDay: (filter) => sound.countByDay({ ...filter }) }),
  },
  {
    fault: 'the outcome is ignored',
    noticedBy: ['history/filters'],
    spoil: (sound) => ({ list: ({ outcome, ...query }) => sound.list(query) }),
  },
  {
    fault: 'text after a NUL is cut off',
    noticedBy: ['history/nul'],
    spoil: (sound) => ({ list: (query) => sound.list({ ...query, recordId: query.recordId?.split('\0')[0] }) }),
  },
  {
    fault: '`before` includes its time',
    noticedBy: ['history/times'],
    spoil: (sound) => ({
      list: ({ before, ...query }) =>
        sound.list({ ...query, before: before && new Date(Date.parse(before) + 1).toISOString() }),
    }),
  },
  {
    fault: 'counts ignore the filter',
    noticedBy: ['history/counts'],
    spoil: (sound) => ({ countByDay: () => sound.countByDay({}) }),
  },
];

/** A subject with this fault. */
export async function faultyLogSubject(spoil: FaultyLog['spoil']): Promise<EventLogSubject> {
  const subject = await memoryLogSubject();
  const log = replaceMethods(subject.log, spoil(subject.log));
  return { ...subject, log, other: log };
}
