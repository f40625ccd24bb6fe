import assert from 'node:assert/strict';
import type { EventLog, LogFilter } from '../../event-log.ts';
import { encodeCursor } from '../../page-cursor.ts';
import type { EventLogSubject } from '../event-log-subject.ts';
import { present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import { newAccess, newChange } from './new-entry.ts';

const DAY_SECONDS = 86_400;

/** The guarantees of the log's lists and counts. */
export const histories: readonly SuiteCase<EventLogSubject>[] = [
  {
    id: 'history/pages',
    title: 'entries come newest first, page by page, none lost or repeated, also when more are written meanwhile',
    async run({ log }) {
      for (let index = 0; index < 10; index += 1) await log.append(newAccess({ elapsedMs: index }));
      const seen: (number | null)[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < 4; pages += 1) {
        const page = await log.list({ limit: 3, cursor });
        seen.push(...page.entries.map(({ elapsedMs }) => elapsedMs));
        cursor = page.cursor;
        assert.equal(cursor === undefined, pages === 3);
        await log.append(newAccess({ elapsedMs: 100 }));
      }
      assert.deepEqual(seen, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    },
  },
  {
    id: 'history/own-answers',
    title: 'a returned entry belongs to the caller: changing it does not change the history',
    async run({ log }) {
      const appended = await log.append(newChange());
      const stored = structuredClone(appended);
      // An implementation may freeze what it returns: then nothing is changed.
      Reflect.set(appended, 'userId', 'changed');
      assert.deepEqual((await log.list({ limit: 1 })).entries, [stored]);
      Reflect.set(present((await log.list({ limit: 1 })).entries[0]), 'userId', 'changed');
      assert.deepEqual((await log.list({ limit: 1 })).entries, [stored]);
      assert.equal(await log.verify('record-1'), undefined);
    },
  },
  {
    id: 'history/last-page',
    title: 'a full last page has no cursor, and an empty log is one',
    async run({ log }) {
      assert.deepEqual(await log.list({ limit: 1 }), { entries: [] });
      await log.append(newAccess());
      assert.equal('cursor' in (await log.list({ limit: 1 })), false);
    },
  },
  {
    id: 'history/foreign-cursor',
    title: 'a cursor from elsewhere is refused, and so is a limit outside 1 to 1 000',
    async run({ log }) {
      const foreign = ['', 'garbage', encodeCursor('newest', '1', 'id'), encodeCursor('entries', 'x', 'y')];
      for (const cursor of foreign) await refuses(log.list({ limit: 1, cursor }), 'VALIDATION_FAILED');
      for (const limit of [0, 1001, 0.5]) await refuses(log.list({ limit }), 'VALIDATION_FAILED');
    },
  },
  {
    id: 'history/filters',
    title: 'each filter returns the entries with its value, and only those',
    async run({ log }) {
      await log.append(newChange({ elapsedMs: 1 }));
      await log.append(newAccess({ elapsedMs: 2, userId: 'bob' }));
      await log.append(newAccess({ elapsedMs: 3, recordId: 'record-2', contextId: 'lesson-2' }));
      await log.append(newAccess({ elapsedMs: 4, event: 'playback.denied', outcome: 'denied' }));
      await log.append(newAccess({ elapsedMs: 5, recordId: null, contextId: null, userId: null, role: null }));
      assert.deepEqual(await found(log, {}), [5, 4, 3, 2, 1]);
      assert.deepEqual(await found(log, { recordId: 'record-1' }), [4, 2, 1]);
      assert.deepEqual(await found(log, { contextId: 'lesson-2' }), [3]);
      assert.deepEqual(await found(log, { userId: 'bob' }), [2]);
      assert.deepEqual(await found(log, { events: ['playback.denied', 'upload.requested'] }), [4, 1]);
      assert.deepEqual(await found(log, { events: [] }), []);
      assert.deepEqual(await found(log, { outcome: 'denied' }), [4]);
      assert.deepEqual(await found(log, { recordId: 'record-1', userId: 'ann', outcome: 'ok' }), [1]);
      const events = ['playback.denied', 'playback.issued', 'playback.issued'] as const;
      assert.deepEqual(await found(log, { events, outcome: 'ok' }), [5, 3, 2]);
      assert.deepEqual(await found(log, { events, recordId: 'record-1' }), [4, 2]);
      const first = await log.list({ events, limit: 2 });
      const second = await log.list({ events, limit: 2, cursor: first.cursor });
      const pages = [first, second].map(({ entries }) => entries.map(({ elapsedMs }) => elapsedMs));
      assert.deepEqual(pages, [
        [5, 4],
        [3, 2],
      ]);
      assert.equal('cursor' in second, false);
    },
  },
  {
    id: 'history/nul',
    title: 'text with a NUL, which no entry contains, finds nothing and causes no error',
    async run({ log }) {
      await log.append(newChange({ elapsedMs: 1 }));
      for (const filter of [{ recordId: 'record-1\0' }, { contextId: '\0' }, { userId: 'ann\0' }]) {
        assert.deepEqual(await found(log, filter), []);
      }
      assert.equal(await log.erase('ann\0'), 0);
      assert.equal(await log.verify('record-1\0'), undefined);
      assert.deepEqual(await found(log, { recordId: 'record-1' }), [1]);
    },
  },
  {
    id: 'history/times',
    title: '`from` includes its time, `before` does not',
    async run({ log, advance }) {
      for (const elapsedMs of [1, 2, 3]) {
        await log.append(newAccess({ elapsedMs }));
        await advance(10);
      }
      const { at } = present((await log.list({ limit: 3 })).entries[1]);
      assert.deepEqual(await found(log, { from: at }), [3, 2]);
      assert.deepEqual(await found(log, { before: at }), [1]);
      const events = ['playback.issued', 'playback.denied'] as const;
      assert.deepEqual(await found(log, { events, from: at }), [3, 2]);
      assert.deepEqual(await found(log, { events, before: at }), [1]);
      await refuses(log.list({ from: 'yesterday', limit: 1 }), 'VALIDATION_FAILED');
    },
  },
  {
    id: 'history/misspelt',
    title: 'an unknown filter is refused, not ignored; getters of a class are read, and a page may be the next query',
    async run({ log }) {
      await log.append(newAccess({ elapsedMs: 1 }));
      await log.append(newAccess({ elapsedMs: 2, userId: 'bob' }));
      const misspelt = { userId: 'ann', contextID: 'lesson-2' };
      await refuses(log.list({ ...misspelt, limit: 1 }), 'VALIDATION_FAILED');
      await refuses(log.countByDay(misspelt), 'VALIDATION_FAILED');
      class OfBob {
        get userId(): string {
          return 'bob';
        }
      }
      assert.equal((await log.countByDay(new OfBob()))[0]?.entries, 1);
      const { entries } = await log.list(Object.assign(new OfBob(), { limit: 2 }));
      assert.deepEqual(
        entries.map(({ elapsedMs }) => elapsedMs),
        [2],
      );
      const first = await log.list({ limit: 1 });
      assert.deepEqual(
        (await log.list({ ...first, limit: 1 })).entries.map(({ elapsedMs }) => elapsedMs),
        [1],
      );
    },
  },
  {
    id: 'history/counts',
    title: 'entries are counted by UTC day, event and outcome, oldest day first, over at most 366 days',
    async run({ log, advance }) {
      await log.append(newAccess());
      await advance(366 * DAY_SECONDS);
      await log.append(newAccess());
      await log.append(newAccess({ userId: 'bob' }));
      await log.append(newAccess({ outcome: 'denied' }));
      await advance(DAY_SECONDS);
      await log.append(newChange());
      const days = (await log.list({ limit: 10 })).entries.map(({ at }) => at.slice(0, 10));
      const [today, yesterday] = [present(days[0]), present(days[1])];
      const all = await log.countByDay({});
      assert.deepEqual(
        all.map(({ day }) => day),
        [yesterday, yesterday, today],
      );
      assert.deepEqual(
        [...all].sort((one, other) => other.entries - one.entries || (one.event < other.event ? -1 : 1)),
        [
          { day: yesterday, event: 'playback.issued', outcome: 'ok', entries: 2 },
          { day: yesterday, event: 'playback.issued', outcome: 'denied', entries: 1 },
          { day: today, event: 'upload.requested', outcome: 'ok', entries: 1 },
        ],
      );
      const ofBob = await log.countByDay({ userId: 'bob' });
      assert.deepEqual(ofBob, [{ day: yesterday, event: 'playback.issued', outcome: 'ok', entries: 1 }]);
      assert.deepEqual(await log.countByDay({ contextId: 'lesson-9' }), []);
      const before = await log.countByDay({ before: `${yesterday}T00:00:00.000Z` });
      assert.deepEqual(
        before.map(({ entries }) => entries),
        [1],
      );
      assert.equal((await log.countByDay({ from: `${today}T00:00:00.000Z` })).length, 1);
    },
  },
];

async function found(log: EventLog, filter: LogFilter): Promise<readonly (number | null)[]> {
  return (await log.list({ ...filter, limit: 100 })).entries.map(({ elapsedMs }) => elapsedMs);
}
