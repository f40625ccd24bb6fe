import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateCommand } from './migrate-command.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-sql-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function command(args: readonly string[], url?: string) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const code = await migrateCommand(args, { VIDEOSTORAGE_DATABASE_URL: url }, { out: write, error: write });
  return { code, text: lines.join('\n') };
}

test.each([
  [[], 'sqlite:x'],
  [['upgrade'], 'sqlite:x'],
  [['migrate', '--schema'], 'sqlite:x'],
  [['migrate', '--table', 'x'], 'sqlite:x'],
  [['migrate', '--schema', 'x', 'y'], 'sqlite:x'],
  [['migrate'], undefined],
  [['migrate'], ''],
])('%j with the URL %j is not understood', async (args, url) => {
  const { code, text } = await command(args, url);
  expect(code).toBe(2);
  expect(text).toContain('VIDEOSTORAGE_DATABASE_URL');
});

test('the database is closed at the end, whether it was migrated or not, so that its log is merged into its file', async () => {
  const own = await mkdtemp(join(folder, 'closed-'));
  const url = `sqlite:${join(own, 'videos.sqlite')}`;
  expect(await command(['migrate'], url)).toMatchObject({ code: 0 });
  expect(await readdir(own)).toEqual(['videos.sqlite']);
  expect(await command(['migrate', '--schema', 'nowhere'], url)).toMatchObject({ code: 1 });
  expect(await readdir(own)).toEqual(['videos.sqlite']);
});

test.each(['--help', '-h'])('%s shows how it is used, and exits with 0', async (flag) => {
  const { code, text } = await command([flag]);
  expect([code, text]).toEqual([0, expect.stringContaining('videostorage-sql migrate [--schema <name>]')]);
});

test('what was done is named, each migration in a line, and that nothing was left to do', async () => {
  const url = `sqlite:${join(folder, 'named.sqlite')}`;
  expect(await command(['migrate'], url)).toEqual({ code: 0, text: 'Done: 001-videos-usage-events' });
  expect(await command(['migrate'], url)).toEqual({ code: 0, text: 'The tables are up to date.' });
});

test('a failure exits with 1, and shows no password', async () => {
  const refused = await command(['migrate'], 'postgres://videos:hunter2@127.0.0.1:1/videos');
  expect(refused.code).toBe(1);
  expect(refused.text).toBe('connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)');
  const mysql = await command(['migrate'], 'mariadb://videos:hunter2@127.0.0.1:1/videos');
  expect(mysql).toMatchObject({ code: 1 });
  const unknown = await command(['migrate'], 'oracle://videos:hunter2@db/videos');
  expect(unknown.code).toBe(1);
  expect(unknown.text).toContain('must begin with postgres:');
  const misplaced = await command(['migrate'], 'sqlite://videos.sqlite');
  const file = 'sqlite:./videos.sqlite or sqlite:/srv/videos.sqlite.';
  expect(misplaced).toEqual({ code: 1, text: `Name the file without //, for instance ${file}` });
  const absolute = await command(['migrate'], 'sqlite:///nowhere/at/all.sqlite');
  expect([absolute.code, absolute.text.includes('without //')]).toEqual([1, false]);
  const unopened = await command(['migrate'], 'sqlite:/nowhere/at/all.sqlite');
  expect(unopened).toEqual({ code: 1, text: 'unable to open database file (ERR_SQLITE_ERROR)' });
  const unreadable = await command(['migrate'], 'mysql://videos:hunter2@127.0.0.1:port/videos');
  expect(unreadable).toEqual({ code: 1, text: 'Invalid URL (ERR_INVALID_URL)' });
  expect([refused, mysql, unknown, unopened, unreadable].map(({ text }) => text).join('\n')).not.toContain('hunter2');
});
