import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { recordsSubject } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';

const run = promisify(execFile);

test('200 parallel inserts from two processes on one SQLite file exceed no quota, and none is lost', async () => {
  const database = await sqliteDatabase();
  const program = join(import.meta.dirname, '../test-support/programs/insert-many.ts');
  const args = ['--conditions=@videostorage/source', program, database.path, '100', '600'];
  const outputs = await Promise.all([run(process.execPath, args), run(process.execPath, args)]);
  const codes = outputs.flatMap(({ stdout }): unknown[] => JSON.parse(stdout));
  expect(codes.filter((code) => code === 'INSERTED').length).toBe(60);
  expect(codes.filter((code) => code === 'QUOTA_EXCEEDED').length).toBe(140);
  const { records } = recordsSubject(database);
  expect(await records.usage('user', 'ann')).toEqual({ pending: 60, videos: 0, bytes: 600, seconds: 0 });
  expect((await records.list({ limit: 1000 })).records.length).toBe(60);
  await database.dispose();
}, 60_000);
