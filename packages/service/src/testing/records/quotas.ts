import assert from 'node:assert/strict';
import type { LimitScope, VideoStatus } from '@videostorage/core';
import type { RecordUsage } from '../../video-records.ts';
import { present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

const nothing: RecordUsage = { pending: 0, videos: 0, bytes: 0, seconds: 0 };
const keys: readonly (readonly [LimitScope, string])[] = [
  ['user', 'ann'],
  ['context', 'lesson-1'],
  ['tenant', 'school-1'],
  ['global', ''],
];

/** The guarantees of quotas and `usage`. */
export const quotas: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'quota/pending',
    title: 'exactly maxPending uploads may be pending',
    async run({ records }) {
      const quota = [{ scope: 'user', maxPending: 2 }] as const;
      const first = await records.insert(newUpload(), quota);
      await records.insert(newUpload(), quota);
      await refuses(records.insert(newUpload(), quota), 'QUOTA_EXCEEDED');
      await records.update(first.id, 1, { status: 'ready' });
      await records.insert(newUpload(), quota);
      await refuses(records.insert(newUpload(), quota), 'QUOTA_EXCEEDED');
    },
  },
  {
    id: 'quota/bytes',
    title: 'maxBytes may be reached exactly, also beyond 32 bits, and not exceeded by one byte',
    async run({ records }) {
      const quota = [{ scope: 'user', maxBytes: 2 ** 43 }] as const;
      await records.insert(newUpload({ sizeBytes: 2 ** 42 }), quota);
      await refuses(records.insert(newUpload({ sizeBytes: 2 ** 42 + 1 }), quota), 'QUOTA_EXCEEDED');
      await records.insert(newUpload({ sizeBytes: 2 ** 42 }), quota);
      await refuses(records.insert(newUpload({ sizeBytes: 1 }), quota), 'QUOTA_EXCEEDED');
      assert.equal((await records.usage('user', 'ann')).bytes, 2 ** 43);
    },
  },
  {
    id: 'quota/seconds',
    title: 'maxSeconds counts the limit that a request set, or 0, and may be reached exactly',
    async run({ records }) {
      const quota = [{ scope: 'user', maxSeconds: 0.3 }] as const;
      const first = await records.insert(newUpload({ maxDurationSeconds: 0.1 }), quota);
      await records.insert(newUpload({ maxDurationSeconds: 0.2 }), quota);
      await refuses(records.insert(newUpload({ maxDurationSeconds: 0.001 }), quota), 'QUOTA_EXCEEDED');
      await records.insert(newUpload({ maxDurationSeconds: null }), quota);
      assert.equal((await records.usage('user', 'ann')).seconds, 0.3);
      assert.equal(await records.discard(first.id, 1), true);
      assert.equal((await records.usage('user', 'ann')).seconds, 0.2);
    },
  },
  {
    id: 'quota/scopes',
    title: 'each scope adds up its own records; a record without context or tenant ignores their quotas',
    async run({ records }) {
      for (const [scope, key] of keys) {
        await records.insert(newUpload(), []);
        await refuses(records.insert(newUpload(), [{ scope, maxPending: 1 }]), 'QUOTA_EXCEEDED');
        const page = await records.list({ limit: 10 });
        assert.equal((await records.usage(scope, key)).pending, page.records.length);
        for (const { id, version } of page.records) await records.discard(id, version);
      }
      const strangers = { userId: 'bob', contextId: 'lesson-2', tenantId: 'school-2' };
      await records.insert(newUpload(), []);
      const others = (['user', 'context', 'tenant'] as const).map((scope) => ({ scope, maxPending: 1 }));
      await records.insert(newUpload(strangers), others);
      const none = [
        { scope: 'context', maxPending: 0 },
        { scope: 'tenant', maxPending: 0 },
      ] as const;
      await records.insert(newUpload({ userId: 'eve', contextId: null, tenantId: null }), none);
      assert.equal((await records.usage('global', '')).pending, 3);
      assert.equal((await records.usage('context', 'lesson-1')).pending, 1);
    },
  },
  {
    id: 'quota/first',
    title: 'the error has the first quota without room, and nothing of the refused record is kept',
    async run({ records }) {
      const upload = newUpload({ sizeBytes: 11, idempotencyKey: 'key-1' });
      const error: unknown = await records
        .insert(upload, [
          { scope: 'user', maxBytes: 11 },
          { scope: 'tenant', maxBytes: 10 },
          { scope: 'global', maxBytes: 10 },
        ])
        .catch((reason: unknown) => reason);
      assert.equal(Reflect.get(Object(error), 'code'), 'QUOTA_EXCEEDED');
      assert.equal(Reflect.get(Object(error), 'scope'), 'tenant');
      assert.equal(await records.get(upload.id), undefined);
      for (const [scope, key] of keys) assert.deepEqual(await records.usage(scope, key), nothing);
      assert.equal((await records.insert(upload, [])).id, upload.id);
    },
  },
  {
    id: 'quota/states',
    title: 'pending counts as declared, processing to deleting as observed, the rest not at all',
    async run({ records }) {
      const upload = newUpload({ sizeBytes: 1000, maxDurationSeconds: 60 });
      await records.insert(upload, []);
      const asDeclared: RecordUsage = { pending: 1, videos: 0, bytes: 1000, seconds: 60 };
      const processing: RecordUsage = { pending: 0, videos: 1, bytes: 1000, seconds: 60 };
      const observed: RecordUsage = { pending: 0, videos: 1, bytes: 900, seconds: 12.5 };
      await expectUsage(asDeclared);
      await change(1, { status: 'processing' }, processing);
      await change(2, { status: 'ready', sizeBytes: 900, durationSeconds: 12.5 }, observed);
      await change(3, { fileName: 'renamed.mp4' }, observed);
      await change(4, { status: 'deleting' }, observed);
      await change(5, { status: 'deleted' }, nothing);
      for (const status of ['failed', 'expired'] as const) {
        const { id } = await records.insert(newUpload(), []);
        await records.update(id, 1, { status });
        await expectUsage(nothing);
      }

      async function change(
        version: number,
        patch: { status?: VideoStatus; sizeBytes?: number; durationSeconds?: number; fileName?: string },
        usage: RecordUsage,
      ) {
        present(await records.update(upload.id, version, patch), 'the changed record');
        await expectUsage(usage);
      }
      async function expectUsage(usage: RecordUsage) {
        for (const [scope, key] of keys) assert.deepEqual(await records.usage(scope, key), usage, scope);
      }
    },
  },
  {
    id: 'quota/moved',
    title: 'a record whose user changes, or is emptied, counts for the new one',
    async run({ records }) {
      const { id } = await records.insert(newUpload(), []);
      await records.update(id, 1, { userId: 'bob', contextId: null });
      assert.deepEqual(await records.usage('user', 'ann'), nothing);
      assert.deepEqual(await records.usage('context', 'lesson-1'), nothing);
      assert.equal((await records.usage('user', 'bob')).bytes, 1000);
      await records.update(id, 2, { userId: '' });
      assert.deepEqual(await records.usage('user', 'bob'), nothing);
      assert.deepEqual(await records.usage('user', ''), nothing);
      assert.equal((await records.usage('global', '')).bytes, 1000);
    },
  },
  {
    id: 'quota/parallel',
    title: 'of 200 parallel inserts exactly as many succeed as have room',
    async run({ records, other }) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 === 0 ? records : other).insert(newUpload({ userId: `user-${index % 7}`, sizeBytes: 10 }), [
            { scope: 'tenant', maxBytes: 500 },
          ]),
        ),
      );
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      assert.deepEqual(
        new Set(refused.map((reason: unknown) => Reflect.get(Object(reason), 'code'))),
        new Set(['QUOTA_EXCEEDED']),
      );
      assert.equal(outcomes.length - refused.length, 50);
      assert.deepEqual(await other.usage('tenant', 'school-1'), { pending: 50, videos: 0, bytes: 500, seconds: 0 });
      assert.equal((await records.list({ limit: 1000 })).records.length, 50);
    },
  },
  {
    id: 'quota/crossing',
    title: 'inserts and changes that share scopes in opposite orders all succeed, and the sums are exact',
    async run({ records, other }) {
      const scopes = keys.map(([scope]) => ({ scope, maxPending: 1000 }));
      const uploads = Array.from({ length: 60 }, (_, index) =>
        newUpload({ userId: `user-${index % 3}`, contextId: `lesson-${index % 4}`, tenantId: `school-${index % 2}` }),
      );
      await Promise.all(
        uploads.map(async (upload, index) => {
          const store = index % 2 === 0 ? records : other;
          await store.insert(upload, index % 2 === 0 ? scopes : scopes.toReversed());
          const contextId = index % 4 < 2 ? 'lesson-2' : 'lesson-0';
          const userId = index % 3 === 0 ? 'user-1' : 'user-2';
          present(await store.update(upload.id, 1, { status: 'ready', userId, contextId }));
        }),
      );
      assert.deepEqual(await records.usage('global', ''), { pending: 0, videos: 60, bytes: 60_000, seconds: 0 });
      const sums = { 'user-0': 0, 'user-1': 20, 'user-2': 40, 'lesson-0': 30, 'lesson-1': 0, 'lesson-2': 30 };
      for (const [key, videos] of Object.entries(sums)) {
        const scope = key.startsWith('user') ? 'user' : 'context';
        assert.equal((await records.usage(scope, key)).videos, videos, key);
      }
    },
  },
];
