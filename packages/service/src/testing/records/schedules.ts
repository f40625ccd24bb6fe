import assert from 'node:assert/strict';
import { present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

/** The guarantees of `lease` and `due`. */
export const schedules: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'lease/due-only',
    title: 'records that are due are leased, the longest due first; those due later or never are not',
    async run({ records, advance }) {
      const [late, later, soon, never] = [
        newUpload({ dueInSeconds: 10 }),
        newUpload({ dueInSeconds: 20 }),
        newUpload({ dueInSeconds: 3600 }),
        newUpload({ dueInSeconds: 10 }),
      ];
      for (const upload of [later, late, soon, never]) await records.insert(upload, []);
      await records.schedule(never.id, 1, { dueInSeconds: null });
      assert.deepEqual(await records.lease(10, 60), []);
      await advance(30);
      const leased = await records.lease(10, 60);
      assert.deepEqual(idsOf(leased), [late.id, later.id]);
    },
  },
  {
    id: 'lease/moment',
    title: 'a record is due from its `dueAt` on',
    async run({ records }) {
      const { id } = await records.insert(newUpload({ dueInSeconds: 0 }), []);
      assert.deepEqual(idsOf(await records.lease(10, 60)), [id]);
    },
  },
  {
    id: 'lease/keeps-facts',
    title: 'a lease moves `dueAt` and nothing else, and returns the records as they are then',
    async run({ records, other, advance }) {
      const { id } = await records.insert(newUpload(), []);
      await records.schedule(id, 1, { dueInSeconds: 10, notified: true });
      await advance(30);
      const before = present(await records.get(id));
      const leased = present((await records.lease(10, 60))[0]);
      assert.deepEqual(leased, { ...before, dueAt: leased.dueAt });
      assert.ok(Date.parse(leased.dueAt ?? '') > Date.parse(before.dueAt ?? '') + 60_000);
      assert.deepEqual(await other.get(id), leased);
      assert.equal(present(await records.update(id, 1, { status: 'ready' })).version, 2);
    },
  },
  {
    id: 'lease/expires',
    title: 'a leased record is not leased again until the lease ends',
    async run({ records, other, advance }) {
      const { id } = await records.insert(newUpload({ dueInSeconds: 10 }), []);
      await advance(30);
      assert.deepEqual(idsOf(await records.lease(10, 60)), [id]);
      assert.deepEqual(await other.lease(10, 60), []);
      await advance(50);
      assert.deepEqual(await other.lease(10, 60), []);
      await advance(11);
      assert.deepEqual(idsOf(await other.lease(10, 60)), [id]);
    },
  },
  {
    id: 'lease/shared',
    title: 'parallel leases of two processes share the work: each record goes to one of them',
    async run({ records, other, advance }) {
      await Promise.all(Array.from({ length: 40 }, () => records.insert(newUpload({ dueInSeconds: 10 }), [])));
      await advance(30);
      const leased: string[] = [];
      for (let round = 0; round < 20 && leased.length < 40; round += 1) {
        const shares = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => (index % 2 ? records : other).lease(5, 60)));
        for (const share of shares) assert.ok(share.length <= 5);
        leased.push(...shares.flatMap(idsOf));
      }
      assert.equal(leased.length, 40);
      assert.equal(new Set(leased).size, 40);
    },
  },
  {
    id: 'lease/limit',
    title: 'at most `limit` records are leased, the rest stays due; limits outside 1 to 1 000 are refused',
    async run({ records, advance }) {
      const uploads = [10, 11, 12].map((dueInSeconds) => newUpload({ dueInSeconds }));
      for (const upload of uploads) await records.insert(upload, []);
      await advance(30);
      const ids = uploads.map(({ id }) => id);
      assert.deepEqual(idsOf(await records.lease(2, 60)), ids.slice(0, 2));
      assert.deepEqual(idsOf(await records.lease(2, 60)), ids.slice(2));
      await refuses(records.lease(0, 60), 'VALIDATION_FAILED');
      await refuses(records.lease(1001, 60), 'VALIDATION_FAILED');
    },
  },
  {
    id: 'due/no-lease',
    title: '`due` returns the same records and changes nothing',
    async run({ records, other, advance }) {
      const uploads = [10, 11, 12, 3600].map((dueInSeconds) => newUpload({ dueInSeconds }));
      for (const upload of uploads) await records.insert(upload, []);
      await advance(30);
      const ids = uploads.map(({ id }) => id);
      assert.deepEqual(idsOf(await records.due(2)), ids.slice(0, 2));
      const due = await other.due(10);
      assert.deepEqual(idsOf(due), ids.slice(0, 3));
      assert.deepEqual(due[0], await records.get(ids[0] ?? ''));
      assert.deepEqual(idsOf(await records.lease(10, 60)), ids.slice(0, 3));
      assert.deepEqual(await records.due(10), []);
    },
  },
];

function idsOf(records: readonly { readonly id: string }[]): readonly string[] {
  return records.map(({ id }) => id);
}
