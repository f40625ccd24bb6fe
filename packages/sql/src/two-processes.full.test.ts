import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { mysqlDatabase, postgresDatabase } from '../test-support/server-databases.ts';
import { recordsSubject } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';

const run = promisify(execFile);
const postgres = process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '';
const mariadb = process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '';

describe.each([
  {
    name: 'one SQLite file',
    isHere: true,
    open: async () => {
      const database = await sqliteDatabase();
      return { ...database, url: `sqlite:${database.path}` };
    },
  },
  { name: 'PostgreSQL', isHere: postgres !== '', open: () => postgresDatabase(postgres) },
  { name: 'MariaDB', isHere: mariadb !== '', open: () => mysqlDatabase(mariadb) },
])('on $name', ({ isHere, open }) => {
  test.skipIf(!isHere)('200 parallel inserts from two processes exceed no quota, and none is lost', async () => {
    const database = await open();
    const program = join(import.meta.dirname, '../test-support/programs/insert-many.ts');
    const args = ['--conditions=@videostorage/source', program, database.url, '100', '600'];
    const outputs = await Promise.all([run(process.execPath, args), run(process.execPath, args)]);
    const codes = outputs.flatMap(({ stdout }): unknown[] => JSON.parse(stdout));
    expect(codes.filter((code) => code === 'INSERTED').length).toBe(60);
    expect(codes.filter((code) => code === 'QUOTA_EXCEEDED').length).toBe(140);
    const { records } = recordsSubject(database);
    expect(await records.usage('user', 'ann')).toEqual({ pending: 60, videos: 0, bytes: 600, seconds: 0 });
    expect((await records.list({ limit: 1000 })).records.length).toBe(60);
    await database.dispose();
  });
});
