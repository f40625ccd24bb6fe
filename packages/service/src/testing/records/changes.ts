import assert from 'node:assert/strict';
import type { VideoRecordPatch } from '../../video-record.ts';
import { between, isTimestamp, present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

const everything = {
  videoId: 'f00-mp4',
  uploadReference: 'reference.of.the-server',
  ticket: {
    protocol: 'post',
    videoId: 'f00',
    uploadReference: 'f00',
    expiresAt: '2031-02-03T04:05:06.007Z',
    url: 'https://storage.test/form?a=1&b=%20',
    fields: { key: 'uploads/f00', 'x-ümlaut': '“\\”' },
    fileField: 'file',
  },
  userId: 'bob',
  contextId: 'lesson-2',
  tenantId: null,
  submissionId: 'hand-in-8',
  idempotencyKey: 'key-2',
  status: 'processing',
  fileName: 'b.webm',
  mimeType: 'video/webm',
  sizeBytes: 2 ** 42 + 1,
  maxDurationSeconds: 90.25,
  durationSeconds: 59.94,
  widthPixels: 1920,
  heightPixels: 1080,
  codec: 'avc1.64001e',
  revision: 'attempt-1',
  custom: { a: '1' },
  errorCode: 'TIMEOUT',
  errorMessage: 'It took too long.',
  expiresAt: '2031-02-03T04:05:06.007Z',
  uploadedAt: '2030-12-31T23:59:59.999Z',
  retained: true,
  erasing: true,
} as const satisfies VideoRecordPatch;

/** The guarantees of changes. */
export const changes: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'update/compare-and-set',
    title: 'a change needs the current version, and returns the next one',
    async run({ records, other }) {
      const { id } = await records.insert(newUpload(), []);
      assert.equal(await records.update(id, 0, { fileName: 'b.mp4' }), undefined);
      assert.equal(await records.update(id, 2, { fileName: 'b.mp4' }), undefined);
      assert.equal(await records.update(newUpload().id, 1, { fileName: 'b.mp4' }), undefined);
      assert.equal(present(await other.get(id)).fileName, 'talk.mp4');
      const changed = present(await records.update(id, 1, { fileName: 'b.mp4' }));
      assert.deepEqual([changed.version, changed.fileName], [2, 'b.mp4']);
      assert.deepEqual(await other.get(id), changed);
      assert.equal(await other.update(id, 1, { fileName: 'c.mp4' }), undefined);
    },
  },
  {
    id: 'update/one-of-many',
    title: 'of 100 parallel changes of one version exactly one wins',
    async run({ records, other }) {
      const { id } = await records.insert(newUpload(), []);
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          (index % 2 === 0 ? records : other).update(id, 1, { status: 'ready', sizeBytes: index }),
        ),
      );
      const winners = outcomes.filter((outcome) => outcome !== undefined);
      assert.equal(winners.length, 1);
      assert.deepEqual(await records.get(id), winners[0]);
      assert.equal(winners[0]?.version, 2);
      assert.equal((await records.usage('user', 'ann')).videos, 1);
    },
  },
  {
    id: 'update/everything',
    title: 'every fact can be changed, and to null where it can be absent',
    async run({ records, other }) {
      const inserted = await records.insert(newUpload(), []);
      const changed = present(await records.update(inserted.id, 1, everything));
      assert.deepEqual(changed, { ...inserted, ...everything, version: 2, statusVersion: 2 });
      assert.deepEqual(await other.get(inserted.id), changed);
      const nulls = Object.fromEntries(
        Object.keys(everything)
          .filter((name) => inserted[name as keyof typeof everything] === null || name === 'contextId')
          .map((name) => [name, null]),
      );
      const blank = present(await records.update(inserted.id, 2, nulls));
      assert.deepEqual(blank, { ...changed, ...nulls, version: 3 });
      assert.deepEqual(await other.get(inserted.id), blank);
    },
  },
  {
    id: 'update/only-what-is-given',
    title: 'members that are absent or undefined stay unchanged',
    async run({ records }) {
      const { id } = await records.insert(newUpload(), []);
      const before = present(await records.update(id, 1, everything));
      const patch = { fileName: 'c.mp4', contextId: undefined, status: undefined, dueInSeconds: undefined };
      const changed = await Reflect.apply(records.update, records, [id, 2, patch]);
      assert.deepEqual(changed, { ...before, fileName: 'c.mp4', version: 3 });
    },
  },
  {
    id: 'update/status',
    title: 'another status sets its version and makes its hook due; the same status does not',
    async run({ records, other }) {
      const { id } = await records.insert(newUpload(), []);
      const ready = present(await records.update(id, 1, { status: 'ready' }));
      assert.deepEqual([ready.statusVersion, ready.notifiedAt, ready.deletedAt], [2, null, null]);
      assert.equal(await records.schedule(id, 2, { dueInSeconds: null, notified: true }), true);
      const same = present(await records.update(id, 2, { status: 'ready', fileName: 'b.mp4' }));
      assert.deepEqual([same.version, same.statusVersion], [3, 2]);
      isTimestamp(same.notifiedAt);
      const deleting = present(await records.update(id, 3, { status: 'deleting' }));
      assert.deepEqual([deleting.statusVersion, deleting.notifiedAt, deleting.deletedAt], [4, null, null]);
      const deleted = present(await records.update(id, 4, { status: 'deleted' }));
      assert.deepEqual([deleted.statusVersion, deleted.notifiedAt], [5, null]);
      isTimestamp(deleted.deletedAt);
      assert.deepEqual(await other.get(id), deleted);
      const blanked = present(await records.update(id, 5, { fileName: '' }));
      assert.equal(blanked.deletedAt, deleted.deletedAt);
    },
  },
  {
    id: 'update/due',
    title: 'a change moves `dueAt` from now on, to never, or not at all',
    async run({ records }) {
      const { id, dueAt } = await records.insert(newUpload({ dueInSeconds: 300 }), []);
      assert.equal(present(await records.update(id, 1, { fileName: 'b.mp4' })).dueAt, dueAt);
      assert.equal(present(await records.update(id, 2, { dueInSeconds: null })).dueAt, null);
      const again = present(await records.update(id, 3, { dueInSeconds: 7200 }));
      isTimestamp(again.dueAt);
      assert.ok(between(again.createdAt, again.dueAt) >= 7_200_000, '`dueAt` is relative to now, not to its old value');
    },
  },
  {
    id: 'update/find-by-video',
    title: 'a record is found only by its storage and video together',
    async run({ records, other }) {
      const { id } = await records.insert(newUpload(), []);
      assert.equal(await records.findByVideoId('local', 'v-1'), undefined);
      const created = await records.update(id, 1, { videoId: 'v-1' });
      assert.deepEqual(await other.findByVideoId('local', 'v-1'), created);
      assert.equal(await records.findByVideoId('s3', 'v-1'), undefined);
      assert.equal(await records.findByVideoId('local', 'V-1'), undefined);
      const moved = await records.update(id, 2, { videoId: 'v-2' });
      assert.equal(await records.findByVideoId('local', 'v-1'), undefined);
      assert.deepEqual(await records.findByVideoId('local', 'v-2'), moved);
    },
  },
  {
    id: 'update/one-record-a-video',
    title: 'a second record of one storage’s video is a conflict; other storages may use the same id',
    async run({ records }) {
      const [first, second, third] = [newUpload(), newUpload(), newUpload({ backendName: 's3' })];
      for (const upload of [first, second, third]) await records.insert(upload, []);
      await records.update(first.id, 1, { videoId: 'v-1' });
      await refuses(records.update(second.id, 1, { videoId: 'v-1', status: 'ready' }), 'CONFLICT');
      assert.equal(present(await records.get(second.id)).version, 1);
      assert.equal((await records.usage('user', 'ann')).pending, 3);
      assert.equal(present(await records.update(third.id, 1, { videoId: 'v-1' })).version, 2);
      assert.equal(present(await records.update(first.id, 2, { videoId: 'v-1' })).version, 3);
    },
  },
  {
    id: 'update/erased',
    title: 'emptying the user clears the idempotency key, so that two erased people do not collide',
    async run({ records }) {
      for (const userId of ['ann', 'bob']) {
        const { id } = await records.insert(newUpload({ userId, idempotencyKey: 'key-1' }), []);
        const erased = present(await records.update(id, 1, { userId: '', fileName: '', custom: {} }));
        assert.deepEqual([erased.userId, erased.idempotencyKey], ['', null]);
        assert.deepEqual(await records.get(id), erased);
      }
      assert.equal((await records.list({ userId: '', limit: 10 })).records.length, 2);
    },
  },
  {
    id: 'schedule/no-fact',
    title: '`schedule` moves `dueAt` and `notifiedAt`, but no version; with an old version it does nothing',
    async run({ records, other }) {
      const inserted = await records.insert(newUpload(), []);
      const { id } = inserted;
      assert.equal(await records.schedule(id, 1, { dueInSeconds: 7200 }), true);
      const later = present(await other.get(id));
      assert.deepEqual(later, { ...inserted, dueAt: later.dueAt });
      assert.ok(between(later.createdAt, later.dueAt) >= 7_200_000);
      assert.equal(await records.schedule(id, 2, { dueInSeconds: null, notified: true }), false);
      assert.equal(await records.schedule(newUpload().id, 1, { dueInSeconds: null }), false);
      assert.deepEqual(await records.get(id), later);
      assert.equal(await records.schedule(id, 1, { dueInSeconds: null, notified: true }), true);
      const done = present(await records.get(id));
      assert.deepEqual([done.version, done.dueAt], [1, null]);
      isTimestamp(done.notifiedAt);
      assert.equal(await records.schedule(id, 1, { dueInSeconds: 60, notified: false }), true);
      assert.equal(present(await records.get(id)).notifiedAt, done.notifiedAt);
    },
  },
  {
    id: 'discard/conditions',
    title: 'only a pending record without a video, in the expected version, is discarded',
    async run({ records, other }) {
      const [created, failed, changed, plain] = [newUpload(), newUpload(), newUpload(), newUpload()];
      for (const upload of [created, failed, changed, plain]) await records.insert(upload, []);
      await records.update(created.id, 1, { videoId: 'v-1' });
      await records.update(failed.id, 1, { status: 'failed' });
      await records.update(changed.id, 1, { fileName: 'b.mp4' });
      assert.equal(await records.discard(created.id, 2), false);
      assert.equal(await records.discard(failed.id, 2), false);
      assert.equal(await records.discard(changed.id, 1), false);
      assert.equal(await records.discard(newUpload().id, 1), false);
      assert.equal((await records.list({ limit: 10 })).records.length, 4);
      assert.equal(await records.discard(plain.id, 1), true);
      assert.equal(await records.discard(plain.id, 1), false);
      assert.equal(await other.get(plain.id), undefined);
      assert.equal((await records.list({ limit: 10 })).records.length, 3);
      assert.equal((await records.usage('user', 'ann')).pending, 2);
    },
  },
];
