import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ConfigurationError } from '@videostorage/core';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabaseUrl } from './open-database-url.ts';
import { sqlFamily } from './sql-family.ts';

describe('a server', () => {
  let port: number;
  let calls: number;
  /** The first bytes of the client; undefined when the server closes the connection before. */
  let heard: string | undefined;
  const server = createServer((socket) => {
    calls += 1;
    if (heard === undefined) socket.destroy();
    else
      socket.once('data', (data) => {
        heard = data.toString('latin1');
        socket.destroy();
      });
  });
  beforeEach(async () => {
    calls = 0;
    heard = undefined;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { readonly port: number }).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test.each([
    ['postgres', 'postgres'],
    ['postgresql', 'postgres'],
    ['mysql', 'mysql'],
    ['mariadb', 'mysql'],
  ])('of %s uses the protocol of %s, at the host and port of the URL', async (scheme, family) => {
    const database = await openDatabaseUrl(`${scheme}://user:password@127.0.0.1:${port}/videos`);
    expect(sqlFamily(database)).toBe(family);
    expect(calls).toBe(0);
    await expect(sql`select 1`.execute(database)).rejects.toThrow();
    expect(calls).toBe(1);
    await database.destroy();
  });

  test('of PostgreSQL gets the user and the database of the URL', async () => {
    heard = '';
    const database = await openDatabaseUrl(`postgres://ada:password@127.0.0.1:${port}/courses`);
    await expect(sql`select 1`.execute(database)).rejects.toThrow();
    expect(heard).toContain('user\0ada\0database\0courses\0');
    await database.destroy();
  });
});

test.each(['', 'videos.sqlite', 'mssql://host/videos', ' sqlite:x', 'SQLITE:x', 'file:x.sqlite', 'a-sqlite:x'])(
  'another URL is refused: "%s"',
  async (url) => {
    const error = new ConfigurationError(
      'The URL of the database must begin with postgres:, mysql:, mariadb: or sqlite:.',
    );
    await expect(openDatabaseUrl(url)).rejects.toThrow(error);
  },
);

test('a file is written without `//`, relative to the working directory or absolute', async () => {
  await expect(openDatabaseUrl('sqlite://videos.sqlite')).rejects.toThrow('Name the file without //');
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-sql-'));
  const names = ['relative.sqlite', 'absolute.sqlite'].map((name) => join(folder, name));
  const [first = '', second = ''] = names;
  for (const path of [relative(process.cwd(), first), second]) {
    const database = await openDatabaseUrl(`sqlite:${path}`);
    expect(sqlFamily(database)).toBe('sqlite');
    await sql`create table t (a integer)`.execute(database);
    await database.destroy();
  }
  expect(names.map((name) => existsSync(name))).toEqual([true, true]);
  await rm(folder, { recursive: true });
});
