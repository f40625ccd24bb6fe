import { encodeTimeCursor } from '../../src/time-cursor.ts';
import type { DayCount, VideoRecords } from '../../src/video-records.ts';
import type { FaultyRecords } from './faulty-records.ts';

/** Faults of lists, leases, unknown videos and counts. */
export const faultyQuestions: readonly FaultyRecords[] = [
  {
    fault: 'the order is always newest first',
    noticedBy: ['list/orders'],
    spoil: (sound) => ({ list: ({ order, ...query }) => sound.list(query) }),
  },
  {
    fault: 'a cursor has only the time',
    noticedBy: ['list/ties'],
    spoil: (sound) => ({
      list: async (query) => {
        const page = await sound.list(query);
        const atMs = Date.parse(page.records.at(-1)?.createdAt ?? '');
        const order = query.order ?? 'newest';
        const id = order === 'newest' ? '' : '~';
        return page.cursor === undefined ? page : { ...page, cursor: encodeTimeCursor(order, { atMs, id }) };
      },
    }),
  },
  {
    fault: 'every page has a cursor',
    noticedBy: ['list/last-page'],
    spoil: (sound) => ({
      list: async (query) => {
        const cursor = encodeTimeCursor(query.order ?? 'newest', { atMs: 0, id: '' });
        return { cursor, ...(await sound.list(query)) };
      },
    }),
  },
  {
    fault: 'a cursor is the number of records returned so far',
    noticedBy: ['list/stable'],
    spoil: (sound) => ({
      list: async ({ cursor, limit, ...query }) => {
        const from = cursor === undefined ? 0 : Number(atob(cursor).split('"')[3]);
        const { records } = await sound.list({ ...query, limit: 1000 });
        const next = encodeTimeCursor('newest', { atMs: from + limit, id: '' });
        return { records: records.slice(from, from + limit), ...(records.length > from + limit && { cursor: next }) };
      },
    }),
  },
  {
    fault: 'an invalid cursor is ignored',
    noticedBy: ['list/foreign-cursor'],
    spoil: (sound) => ({
      list: ({ cursor, ...query }) => sound.list({ ...query, cursor }).catch(() => sound.list(query)),
    }),
  },
  {
    fault: 'invalid limits are replaced by valid ones',
    noticedBy: ['list/limit'],
    spoil: (sound) => ({
      list: (query) => sound.list({ ...query, limit: Math.min(1000, Math.max(1, Math.round(query.limit) || 1)) }),
    }),
  },
  {
    fault: 'the tenant is ignored',
    noticedBy: ['filter/each'],
    spoil: (sound) => ({ list: ({ tenantId, ...query }) => sound.list(query) }),
  },
  {
    fault: 'an unknown filter is ignored',
    noticedBy: ['filter/misspelt'],
    spoil: (sound) => ({ list: ({ userId, limit, cursor }) => sound.list({ userId, limit, cursor }) }),
  },
  {
    fault: 'filters that are getters of a class are lost',
    noticedBy: ['filter/misspelt'],
    spoil: (sound) => ({ countByDay: (filter) => sound.countByDay({ ...filter }) }),
  },
  {
    fault: 'an empty list of statuses means any status',
    noticedBy: ['filter/statuses'],
    spoil: (sound) => ({
      list: ({ statuses, ...query }) => sound.list({ ...query, ...(statuses?.length !== 0 && { statuses }) }),
    }),
  },
  {
    fault: '`createdBefore` includes its time',
    noticedBy: ['filter/times'],
    spoil: (sound) => ({
      list: ({ createdBefore, ...query }) =>
        sound.list({ ...query, createdBefore: createdBefore && later(createdBefore) }),
    }),
  },
  {
    fault: 'only the first word counts',
    noticedBy: ['filter/text'],
    spoil: (sound) => ({ list: ({ text, ...query }) => sound.list({ ...query, text: text?.trim().split(/\s+/)[0] }) }),
  },
  {
    fault: 'percent signs and underscores are patterns',
    noticedBy: ['filter/no-patterns'],
    spoil: (sound) => ({
      list: async ({ text = '', ...query }) => {
        const pattern = text
          .replace(/[\\[\]!]/g, '\\$&')
          .replaceAll('%', '.*')
          .replaceAll('_', '.');
        const page = await sound.list(query);
        return { ...page, records: page.records.filter(({ fileName }) => new RegExp(pattern).test(fileName)) };
      },
    }),
  },
  {
    fault: 'a lone surrogate in a search is not ignored',
    noticedBy: ['filter/half-characters'],
    spoil: (sound) => ({
      list: ({ text, ...query }) => sound.list({ ...query, text: text?.replace(/\p{Cs}/gu, '') }),
    }),
  },
  {
    fault: 'text after a NUL is cut off',
    noticedBy: ['filter/nul'],
    spoil: (sound) => ({ get: (id) => sound.get(id.split('\0')[0] ?? '') }),
  },
  {
    fault: 'a page is filtered after it was cut',
    noticedBy: ['filter/pages'],
    spoil: (sound) => ({
      list: async ({ userId, ...query }) => {
        const page = await sound.list(query);
        return { ...page, records: page.records.filter((record) => userId === undefined || record.userId === userId) };
      },
    }),
  },
  {
    fault: 'the most recently due comes first',
    noticedBy: ['lease/due-only'],
    spoil: (sound) => ({ lease: async (limit, seconds) => (await sound.lease(limit, seconds)).toReversed() }),
  },
  {
    fault: 'a record is due a second late',
    noticedBy: ['lease/moment'],
    spoil: (sound) => ({
      insert: (one, quotas) => sound.insert({ ...one, dueInSeconds: one.dueInSeconds + 1 }, quotas),
    }),
  },
  {
    fault: 'a lease changes the version',
    noticedBy: ['lease/keeps-facts'],
    spoil: (sound) => ({
      lease: async (limit, seconds) => {
        const leased = await sound.lease(limit, seconds);
        for (const { id, version } of leased) await sound.update(id, version, {});
        return leased;
      },
    }),
  },
  {
    fault: 'a lease does not move `dueAt`',
    noticedBy: ['lease/expires', 'lease/shared'],
    spoil: (sound) => ({ lease: (limit) => sound.due(limit) }),
  },
  {
    fault: 'a lease takes all due records',
    noticedBy: ['lease/limit', 'lease/shared'],
    spoil: (sound) => ({ lease: (_limit, seconds) => sound.lease(1000, seconds) }),
  },
  {
    fault: 'a dry run leases',
    noticedBy: ['due/no-lease'],
    spoil: (sound) => ({ due: (limit) => sound.lease(limit, 60) }),
  },
  {
    fault: 'videos of deleted records are unknown',
    noticedBy: ['unknown/reported'],
    spoil: () => ({ unknownVideos: async (_backend, ids) => ids.map((videoId) => ({ videoId, knownForSeconds: 0 })) }),
  },
  {
    fault: 'every report is the first one',
    noticedBy: ['unknown/first-sighting'],
    spoil: (sound) => ({
      unknownVideos: async (backend, ids) =>
        (await sound.unknownVideos(backend, ids)).map(({ videoId }) => ({ videoId, knownForSeconds: 0 })),
    }),
  },
  {
    fault: 'a first report is remembered for ever',
    noticedBy: ['unknown/known-again', 'unknown/forgotten'],
    spoil: (sound) => {
      const seen = new Set<string>();
      return {
        unknownVideos: async (backend, ids) => {
          const unknown = await sound.unknownVideos(backend, ids);
          const again = unknown.map((one) => (seen.has(one.videoId) ? { ...one, knownForSeconds: 3600 } : one));
          for (const id of ids) seen.add(id);
          return again;
        },
      };
    },
  },
  {
    fault: 'a dry run stores first reports',
    noticedBy: ['unknown/dry-run'],
    spoil: (sound) => ({ unknownVideos: (backend, ids) => sound.unknownVideos(backend, ids) }),
  },
  {
    fault: 'too many videos in one call give an empty result',
    noticedBy: ['unknown/limit'],
    spoil: (sound) => ({ unknownVideos: (backend, ids) => sound.unknownVideos(backend, ids).catch(() => []) }),
  },
  {
    fault: 'counts by day ignore the filter',
    noticedBy: ['count/by-day'],
    spoil: (sound) => ({ countByDay: () => sound.countByDay({}) }),
  },
  {
    fault: 'counts by day are not limited in time',
    noticedBy: ['count/a-year'],
    spoil: (sound) => ({ countByDay: () => countAll(sound) }),
  },
  {
    fault: 'the rarest failure comes first',
    noticedBy: ['count/failures'],
    spoil: (sound) => ({ countFailures: async (filter) => (await sound.countFailures(filter)).toReversed() }),
  },
  {
    fault: 'usage by user is ordered by usage',
    noticedBy: ['count/usage-by-user'],
    spoil: (sound) => ({
      usageByUser: async (query) => {
        const { users } = await sound.usageByUser({ ...query, limit: 1000 });
        return { users: users.toSorted((one, other) => other.bytes - one.bytes).slice(0, query.limit) };
      },
    }),
  },
  {
    fault: 'usage by user ignores the context',
    noticedBy: ['count/usage-by-user'],
    spoil: (sound) => ({ usageByUser: ({ contextId, ...query }) => sound.usageByUser(query) }),
  },
];

function later(time: string): string {
  return new Date(Date.parse(time) + 1).toISOString();
}

async function countAll(sound: VideoRecords): Promise<readonly DayCount[]> {
  const { records } = await sound.list({ limit: 1000, order: 'oldest' });
  return records.map(({ createdAt, status }) => ({ day: createdAt.slice(0, 10), status, videos: 1 }));
}
