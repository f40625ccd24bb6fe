import assert from 'node:assert/strict';
import { present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

const DAY_SECONDS = 86_400;

/** The guarantees of counts. */
export const counts: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'count/by-day',
    title: 'records are counted by the UTC day of their creation and their current status, oldest day first',
    async run({ records, advance }) {
      const first = await records.insert(newUpload(), []);
      await records.insert(newUpload({ userId: 'bob' }), []);
      await advance(2 * DAY_SECONDS);
      await records.insert(newUpload({ contextId: 'lesson-2' }), []);
      await records.update(first.id, 1, { status: 'ready' });
      const [older, newer] = (await records.list({ order: 'oldest', limit: 3 })).records
        .map(({ createdAt }) => createdAt.slice(0, 10))
        .filter((day, index, days) => days.indexOf(day) === index);
      const all = await records.countByDay({});
      assert.deepEqual(sorted(all), [
        { day: older, status: 'pending', videos: 1 },
        { day: older, status: 'ready', videos: 1 },
        { day: newer, status: 'pending', videos: 1 },
      ]);
      assert.deepEqual(
        all.map(({ day }) => day),
        [older, older, newer],
      );
      const ofBob = await records.countByDay({ userId: 'bob' });
      assert.deepEqual(ofBob, [{ day: older, status: 'pending', videos: 1 }]);
      const ofStatus = await records.countByDay({ statuses: ['ready'], tenantId: 'school-1', backendName: 'local' });
      assert.deepEqual(ofStatus, [{ day: older, status: 'ready', videos: 1 }]);
      assert.deepEqual(await records.countByDay({ contextId: 'lesson-3' }), []);
      const since = await records.countByDay({ createdFrom: `${newer}T00:00:00.000Z` });
      assert.deepEqual(since, [{ day: newer, status: 'pending', videos: 1 }]);
      const until = await records.countByDay({ createdBefore: `${newer}T00:00:00.000Z` });
      assert.equal(until.length, 2);
    },
  },
  {
    id: 'count/a-year',
    title: 'at most 366 days are counted: those before `createdBefore`, or before now',
    async run({ records, advance }) {
      await records.insert(newUpload(), []);
      await advance(365 * DAY_SECONDS);
      assert.equal((await records.countByDay({})).length, 1);
      await advance(DAY_SECONDS);
      assert.deepEqual(await records.countByDay({}), []);
      assert.deepEqual(await records.countByDay({ createdFrom: '2000-01-01T00:00:00.000Z' }), []);
      const { createdAt } = present((await records.list({ limit: 1 })).records[0]);
      const createdBefore = new Date(Date.parse(createdAt) + 1).toISOString();
      assert.equal((await records.countByDay({ createdBefore })).length, 1);
    },
  },
  {
    id: 'count/failures',
    title: 'failed uploads are counted by reason, the most frequent first',
    async run({ records }) {
      const codes = ['TIMEOUT', 'CONTENT_MISMATCH', 'CONTENT_MISMATCH', null];
      for (const errorCode of codes) {
        const { id } = await records.insert(newUpload(), []);
        await records.update(id, 1, { status: 'failed', errorCode });
      }
      const other = await records.insert(newUpload({ userId: 'bob' }), []);
      await records.update(other.id, 1, { status: 'failed', errorCode: 'TIMEOUT' });
      const trying = await records.insert(newUpload(), []);
      await records.update(trying.id, 1, { errorCode: 'CONTENT_UNVERIFIABLE' });
      assert.deepEqual(await records.countFailures({ userId: 'ann' }), [
        { errorCode: 'CONTENT_MISMATCH', videos: 2 },
        { errorCode: '', videos: 1 },
        { errorCode: 'TIMEOUT', videos: 1 },
      ]);
      const all = await records.countFailures({});
      assert.deepEqual(
        all.map(({ videos }) => videos),
        [2, 2, 1],
      );
      assert.deepEqual(await records.countFailures({ createdBefore: '2000-01-01T00:00:00.000Z' }), []);
    },
  },
  {
    id: 'count/usage-by-user',
    title: 'the usage of each user comes by id, page by page, for one context or tenant when requested',
    async run({ records }) {
      for (const userId of ['cat', 'ann', 'bob', 'ann']) {
        await records.insert(newUpload({ userId, maxDurationSeconds: 1.5 }), []);
      }
      const elsewhere = await records.insert(newUpload({ userId: 'ann', contextId: 'lesson-2', tenantId: null }), []);
      await records.update(elsewhere.id, 1, { status: 'ready', sizeBytes: 7 });
      // The user with the largest usage is last but one: the order is that of the ids.
      const largest = await records.insert(newUpload({ userId: 'cat', maxDurationSeconds: null }), []);
      await records.update(largest.id, 1, { status: 'ready', sizeBytes: 9000 });
      const gone = await records.insert(newUpload({ userId: 'dan' }), []);
      await records.update(gone.id, 1, { status: 'deleted' });
      const erased = await records.insert(newUpload({ userId: 'eve' }), []);
      await records.update(erased.id, 1, { status: 'deleted', userId: '' });
      const one = { pending: 1, videos: 0, bytes: 1000, seconds: 1.5 };
      const first = await records.usageByUser({ limit: 2 });
      assert.deepEqual(first.users, [
        { userId: 'ann', pending: 2, videos: 1, bytes: 2007, seconds: 3 },
        { userId: 'bob', ...one },
      ]);
      const second = await records.usageByUser({ limit: 2, cursor: present(first.cursor) });
      assert.deepEqual(second, {
        users: [
          { userId: 'cat', pending: 1, videos: 1, bytes: 10_000, seconds: 1.5 },
          { userId: 'dan', pending: 0, videos: 0, bytes: 0, seconds: 0 },
        ],
      });
      const alone = await records.usageByUser({ limit: 1 });
      const next = await records.usageByUser({ limit: 1, cursor: present(alone.cursor) });
      assert.deepEqual(
        [...alone.users, ...next.users].map(({ userId }) => userId),
        ['ann', 'bob'],
      );
      const ofContext = await records.usageByUser({ contextId: 'lesson-2', limit: 10 });
      assert.deepEqual(ofContext, { users: [{ userId: 'ann', pending: 0, videos: 1, bytes: 7, seconds: 0 }] });
      const ofTenant = await records.usageByUser({ tenantId: 'school-1', limit: 10 });
      assert.equal(ofTenant.users[0]?.videos, 0);
      assert.deepEqual(await records.usageByUser({ tenantId: 'school-9', limit: 10 }), { users: [] });
      await refuses(records.usageByUser({ limit: 0 }), 'VALIDATION_FAILED');
      await refuses(records.usageByUser({ limit: 1, cursor: 'garbage' }), 'VALIDATION_FAILED');
    },
  },
];

function sorted<Count extends { readonly day: string; readonly status: string }>(all: readonly Count[]) {
  return [...all].sort((one, other) => (`${one.day} ${one.status}` < `${other.day} ${other.status}` ? -1 : 1));
}
