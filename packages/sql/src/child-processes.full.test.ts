import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-sql-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the command, as a program, creates the tables and reports it; a second time there is nothing to do', async () => {
  const program = ['--conditions=@videostorage/source', join(import.meta.dirname, 'command.ts'), 'migrate'];
  const env = { ...process.env, VIDEOSTORAGE_DATABASE_URL: `sqlite:${join(folder, 'program.sqlite')}` };
  expect((await run(process.execPath, program, { env })).stdout).toBe('Done: 001-videos-usage-events\n');
  expect((await run(process.execPath, program, { env })).stdout).toBe('The tables are up to date.\n');
});

test('SQLite’s experimental warning is silenced, other warnings are not', async () => {
  const program = `
    import { Kysely, sql } from 'kysely';
    import { nodeSqliteDialect } from ${JSON.stringify(new URL('./node-sqlite-dialect.ts', import.meta.url).href)};
    const database = new Kysely({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
    // Not by console.log, which colours numbers where a terminal is forced.
    process.stdout.write(String((await sql\`select 1 as one\`.execute(database)).rows[0].one));
    process.emitWarning('another');
  `;
  const args = ['--conditions=@videostorage/source', '--input-type=module', '-e', program];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: import.meta.dirname });
  expect(stdout.trim()).toBe('1');
  expect(stderr).not.toMatch(/SQLite/i);
  expect(stderr).toContain('another');
});
