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

test.each([
  ['postgres', 'pg'],
  ['mariadb', 'mysql2'],
])('a driver for %s that is not installed is named: %s', async (scheme, driver) => {
  const hooks = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (name, context, next) => next(name === ${JSON.stringify(driver)} ? 'not-installed' : name, context),
    });
  `;
  const imported = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`];
  const program = [
    '--conditions=@videostorage/source',
    ...imported,
    join(import.meta.dirname, 'command.ts'),
    'migrate',
  ];
  const env = { ...process.env, VIDEOSTORAGE_DATABASE_URL: `${scheme}://videos@127.0.0.1:1/videos` };
  const stderr = `Install the driver first: npm install ${driver}\n`;
  await expect(run(process.execPath, program, { env })).rejects.toMatchObject({ code: 1, stdout: '', stderr });
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
