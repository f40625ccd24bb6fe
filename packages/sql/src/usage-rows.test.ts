import { insertedRecord, patchedRecord } from '@videostorage/service';
import { newUpload } from '@videostorage/service/testing';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { recordsSubject } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { usageChanges, usageFromRow } from './usage-rows.ts';

const record = insertedRecord(newUpload({ sizeBytes: 10, maxDurationSeconds: 1.5 }), 0);
const one = { pending: 1, videos: 0, bytes: 10, milliseconds: 1500 };

test('rows are always in the same order, by scope and key, whichever way a record changes', () => {
  const there = patchedRecord(record, { userId: 'bob', contextId: 'lesson-0' }, 0);
  const places = (changes: ReturnType<typeof usageChanges>) =>
    changes.map(({ scope, scope_key }) => [scope, scope_key]);
  expect(places(usageChanges(undefined, record))).toEqual([
    ['user', 'ann'],
    ['context', 'lesson-1'],
    ['tenant', 'school-1'],
    ['global', ''],
  ]);
  const moved = [
    ['user', 'ann'],
    ['user', 'bob'],
    ['context', 'lesson-0'],
    ['context', 'lesson-1'],
  ];
  expect(places(usageChanges(record, there))).toEqual(moved);
  expect(places(usageChanges(there, record))).toEqual(moved);
});

test('a change subtracts from the old scopes of a record and adds to the new ones', () => {
  const there = patchedRecord(record, { userId: 'bob', status: 'ready', sizeBytes: 7, durationSeconds: 1.25 }, 0);
  const [ann, bob, context] = usageChanges(record, there);
  expect(ann).toEqual({ scope: 'user', scope_key: 'ann', pending: -1, videos: 0, bytes: -10, milliseconds: -1500 });
  expect(bob).toEqual({ scope: 'user', scope_key: 'bob', pending: 0, videos: 1, bytes: 7, milliseconds: 1250 });
  expect(context).toMatchObject({ pending: -1, videos: 1, bytes: -3, milliseconds: -250 });
  expect(usageChanges(record, undefined)[3]).toMatchObject({ scope: 'global', pending: -1, bytes: -10 });
});

test('the seconds of a record are the same milliseconds when they are added and when they are subtracted', () => {
  const odd = { ...record, maxDurationSeconds: 1.001 };
  const [added, subtracted] = [usageChanges(undefined, odd), usageChanges(odd, undefined)];
  expect([added[0]?.milliseconds, subtracted[0]?.milliseconds]).toEqual([1001, -1001]);
});

test('a change without an effect on sums locks no row', () => {
  expect(usageChanges(record, patchedRecord(record, { fileName: 'b.mp4' }, 0))).toEqual([]);
  const stored = patchedRecord(record, { status: 'ready', durationSeconds: 1 }, 0);
  const effects = [{ durationSeconds: 2.001 }, { sizeBytes: 11 }].map((patch) => {
    const [user] = usageChanges(stored, patchedRecord(stored, patch, 0));
    return [user?.pending, user?.videos, user?.bytes, user?.milliseconds];
  });
  expect(effects, 'but not one that changes a single sum').toEqual([
    [0, 0, 0, 1001],
    [0, 0, 1, 0],
  ]);
  const lonely = { ...record, contextId: null, tenantId: null };
  expect(usageChanges(undefined, lonely).map(({ scope }) => scope)).toEqual(['user', 'global']);
});

test('sums are read from numbers, text and bigint, as drivers give them', () => {
  const usage = { pending: 1, videos: 2, bytes: 2 ** 45, seconds: 1.5 };
  expect(usageFromRow({ ...one, videos: '2', bytes: String(2 ** 45), milliseconds: 1500n })).toEqual(usage);
  expect(() => usageFromRow({ ...one, bytes: 'many' })).toThrow();
});

test('no row names a user, context or tenant without counted records: neither an erased nor a refused one', async () => {
  const database = await sqliteDatabase();
  const { records } = recordsSubject(database);
  const [first, second, refused] = [newUpload(), newUpload({ contextId: null }), newUpload({ userId: 'bob' })];
  for (const upload of [first, second, refused]) await records.insert(upload, []);
  const named = async () => {
    const query = sql<{ scope_key: string }>`select scope_key from videostorage_usage order by scope_key`;
    return (await query.execute(database.first)).rows.map(({ scope_key }) => scope_key);
  };
  expect(await named()).toEqual(['', 'ann', 'bob', 'lesson-1', 'school-1']);
  await records.discard(refused.id, 1);
  expect(await named()).toEqual(['', 'ann', 'lesson-1', 'school-1']);
  await records.update(first.id, 1, { status: 'deleted', userId: '' });
  expect(await named()).toEqual(['', 'ann', 'school-1']);
  await records.update(second.id, 1, { status: 'deleted', userId: '' });
  expect(await named()).toEqual(['']);
  await records.insert(newUpload(), []);
  expect(await records.usage('user', 'ann')).toMatchObject({ pending: 1, bytes: 1000 });
  await database.dispose();
});
