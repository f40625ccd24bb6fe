import assert from 'node:assert/strict';
import { between, isTimestamp, present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

const full = [{ scope: 'global', maxPending: 0 }] as const;

/** The guarantees of `insert`. */
export const inserts: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'insert/pending',
    title: 'a record is inserted as pending, in version 1, with its times from now on',
    async run({ records, other }) {
      const { expiresInSeconds, dueInSeconds, ...facts } = newUpload({
        submissionId: 'hand-in-7',
        idempotencyKey: 'key-1',
        fileName: 'Übung “1” 100%_\\ 🎬.mp4',
        sizeBytes: 2 ** 45 + 1,
        maxDurationSeconds: 61.5,
        custom: { title: ' It’s "quoted" \\ 🎬\n', note: '', a: '1' },
        expiresInSeconds: 3600,
        dueInSeconds: 300,
      });
      const record = await records.insert({ ...facts, expiresInSeconds, dueInSeconds }, []);
      const { createdAt, expiresAt, dueAt, ...rest } = record;
      assert.deepEqual(rest, {
        ...facts,
        version: 1,
        statusVersion: 1,
        videoId: null,
        uploadReference: null,
        ticket: null,
        status: 'pending',
        durationSeconds: null,
        widthPixels: null,
        heightPixels: null,
        codec: null,
        revision: null,
        errorCode: null,
        errorMessage: null,
        uploadedAt: null,
        deletedAt: null,
        retained: false,
        notifiedAt: null,
        erasing: false,
      });
      for (const time of [createdAt, expiresAt, dueAt]) isTimestamp(time);
      assert.equal(between(createdAt, expiresAt), 3_600_000);
      assert.equal(between(createdAt, dueAt), 300_000);
      assert.deepEqual(await other.get(record.id), record);
    },
  },
  {
    id: 'insert/own-answers',
    title: 'passed and returned objects belong to the caller: changing them changes no record',
    async run({ records }) {
      const custom = { title: 'a' };
      const { id } = await records.insert(newUpload({ custom, dueInSeconds: 0 }), []);
      Reflect.set(custom, 'title', 'changed');
      const stored = structuredClone(present(await records.get(id)));
      assert.deepEqual(stored.custom, { title: 'a' });
      const asks = [
        () => records.get(id),
        async () => (await records.list({ limit: 1 })).records[0],
        async () => (await records.due(1))[0],
      ];
      for (const ask of asks) {
        const answer = present(await ask());
        // An implementation may freeze what it returns: then nothing is changed.
        Reflect.set(answer, 'fileName', 'changed.mp4');
        Reflect.set(answer.custom, 'title', 'changed');
        assert.deepEqual(await ask(), stored);
      }
    },
  },
  {
    id: 'insert/absent',
    title: 'an id that was never inserted gives undefined',
    async run({ records }) {
      const { id } = await records.insert(newUpload(), []);
      assert.equal(await records.get(newUpload().id), undefined);
      assert.equal(await records.get(id.toUpperCase().replace(/^./, 'Z')), undefined);
    },
  },
  {
    id: 'insert/known-id',
    title: 'a known id is a conflict, which changes nothing',
    async run({ records }) {
      const record = await records.insert(newUpload(), []);
      await refuses(records.insert(newUpload({ id: record.id, userId: 'bob', fileName: 'b.mp4' }), []), 'CONFLICT');
      assert.deepEqual(await records.get(record.id), record);
      assert.equal((await records.usage('user', 'bob')).pending, 0);
      assert.equal((await records.usage('global', '')).pending, 1);
    },
  },
  {
    id: 'insert/known-key',
    title: 'a known (userId, idempotencyKey) returns its record as it is now, without regard to the quotas',
    async run({ records, other }) {
      const { id } = await records.insert(newUpload({ idempotencyKey: 'key-1' }), []);
      const changed = await records.update(id, 1, { status: 'ready' });
      const again = await other.insert(newUpload({ idempotencyKey: 'key-1', fileName: 'other.mp4' }), full);
      assert.deepEqual(again, changed);
      assert.equal((await records.list({ limit: 10 })).records.length, 1);
    },
  },
  {
    id: 'insert/keys-apart',
    title: 'keys of other users, other keys and absent keys are other uploads',
    async run({ records }) {
      const uploads = [
        newUpload({ idempotencyKey: 'key-1' }),
        newUpload({ idempotencyKey: 'key-1', userId: 'bob' }),
        newUpload({ idempotencyKey: 'Key-1' }),
        newUpload({ idempotencyKey: 'key-1 ' }),
        newUpload({ idempotencyKey: null }),
        newUpload({ idempotencyKey: null }),
      ];
      for (const upload of uploads) assert.equal((await records.insert(upload, [])).id, upload.id);
      assert.equal((await records.usage('global', '')).pending, uploads.length);
    },
  },
  {
    id: 'insert/one-of-many',
    title: '50 parallel inserts of one key are one record, for all of them',
    async run({ records, other }) {
      const attempts = Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? records : other).insert(newUpload({ idempotencyKey: 'key-1' }), [
          { scope: 'user', maxPending: 1 },
        ]),
      );
      const ids = new Set((await Promise.all(attempts)).map(({ id }) => id));
      assert.equal(ids.size, 1);
      assert.equal((await records.usage('user', 'ann')).pending, 1);
    },
  },
  {
    id: 'insert/exact-ids',
    title: 'ids of users are compared byte by byte',
    async run({ records }) {
      const users = ['ann', 'Ann', 'ann ', 'änn', 'ånn', '🎬', '🎥'];
      for (const userId of users) await records.insert(newUpload({ userId }), []);
      for (const userId of users) {
        assert.equal((await records.usage('user', userId)).pending, 1, userId);
        const page = await records.list({ userId, limit: 10 });
        assert.deepEqual(
          page.records.map((record) => record.userId),
          [userId],
        );
      }
    },
  },
  {
    id: 'insert/second-life',
    title: 'a discarded id and key can be used again',
    async run({ records }) {
      const upload = newUpload({ idempotencyKey: 'key-1' });
      const first = await records.insert(upload, []);
      assert.equal(await records.discard(first.id, 1), true);
      const second = await records.insert({ ...upload, fileName: 'second.mp4' }, []);
      assert.equal(second.fileName, 'second.mp4');
      assert.equal(present(await records.get(upload.id)).version, 1);
    },
  },
];
